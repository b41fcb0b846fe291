import type { BackendReport } from './backend.ts';

/** One step of a search for a learning rate. */
export interface RatePoint {
  readonly rate: number;
  /** In nats, before the step. */
  readonly loss: number;
  /** Exponential mean of the losses so far. */
  readonly smoothed: number;
}

export interface RateSuggestion {
  /** Null where the curve does not say one. */
  readonly rate: number | null;
  /** A sentence: where it comes from, or why there is none. */
  readonly why: string;
}

/** The loss while the learning rate grew from step to step. */
export interface LrFinderResult {
  readonly points: readonly RatePoint[];
  readonly suggestion: RateSuggestion;
  readonly backend: BackendReport;
  /** Of the steps, without preparing. */
  readonly seconds: number;
}
