import type { BackendName } from '../config/training-config.ts';

/** Which backend computes, and the sentence that tells the person why. */
export interface BackendReport {
  readonly name: BackendName;
  readonly why: string;
  /** Adapter or renderer as the browser names it; empty when it does not say. */
  readonly device: string;
  readonly threads: number;
}
