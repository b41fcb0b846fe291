import type { Problem } from '../lib/problem.ts';

/** What one call takes and gives; a worker's calls are a hand-typed interface of these. */
export interface CallShape {
  readonly args: unknown;
  readonly result: unknown;
}

/** The calls that one worker answers, by name. */
export type CallMap<C> = { readonly [P in keyof C]: CallShape };

interface Call<C extends CallMap<C>, K extends keyof C> {
  readonly kind: 'call';
  readonly id: number;
  readonly name: K;
  readonly args: C[K]['args'];
}

interface Result<C extends CallMap<C>, K extends keyof C> {
  readonly kind: 'result';
  readonly id: number;
  readonly value: C[K]['result'];
}

/** Page to worker: a call, or the wish to end one. */
export type ToWorker<C extends CallMap<C>, K extends keyof C = keyof C> =
  | Call<C, K>
  | { readonly kind: 'abort'; readonly id: number };

/** Worker to page: an answer to one call, or an event that nobody asked for. */
export type FromWorker<C extends CallMap<C>, E, K extends keyof C = keyof C> =
  | Result<C, K>
  | { readonly kind: 'failure'; readonly id: number; readonly problem: Problem | 'cancelled' }
  | { readonly kind: 'event'; readonly event: E };

/** The worker's side: one async function for each call; each gets a signal that aborts it. */
export type Handlers<C extends CallMap<C>> = {
  readonly [P in keyof C]: (args: C[P]['args'], signal: AbortSignal) => Promise<C[P]['result']>;
};
