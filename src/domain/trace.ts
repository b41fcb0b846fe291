import type { TrainingConfig } from '../config/training-config.ts';
import type { BackendReport } from './backend.ts';

/** A training run as files, for this and for other programs. */
export interface TraceFiles {
  /** Without what draws at random. */
  readonly config: TrainingConfig;
  /** What was changed for that, in words. */
  readonly notes: readonly string[];
  /** Safetensors: initial weights by their names, in the layouts of TensorFlow; the head's `centres` and, if any, `bias`. */
  readonly init: Blob;
  /** Safetensors: `images_0` [B, edge, edge, 3], `labels_0` [B], and so on: one batch a step. */
  readonly batches: Blob;
}

export interface TraceReport {
  readonly backend: BackendReport;
  /** In nats, each before its step. */
  readonly losses: readonly number[];
  readonly notes: readonly string[];
}
