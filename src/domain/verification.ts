import type { OperatingPoint } from './operating-point.ts';

/** Share of genuine pairs accepted at a share of impostor pairs accepted. */
export interface RocPoint {
  readonly far: number;
  readonly tar: number;
}

/** Verification over pairs: similarity is the cosine of the two embeddings (flip-averaged, L2-normalised). */
export interface VerificationReport {
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  /** At most a few hundred points, from (0, 0) to (1, 1). */
  readonly roc: readonly RocPoint[];
  readonly auc: number;
  /** Equal error rate: FAR = FRR. */
  readonly eer: number;
  /** Accuracy with the threshold chosen on the other folds (LFW protocol). */
  readonly accuracy: number;
  readonly folds: number;
  /** Null where there are too few impostor pairs to say it (fewer than 10 / FAR). */
  readonly tarAtFar: {
    readonly '1e-1': number | null;
    readonly '1e-2': number | null;
    readonly '1e-3': number | null;
  };
  /** Those for which there are enough pairs. */
  readonly operatingPoints: readonly OperatingPoint[];
  /** Of the default operating point. */
  readonly threshold: number;
  readonly far: number;
  readonly frr: number;
}

/** Cosines of faces with the centres of people who are not on them. */
export interface ImpostorScores {
  readonly mean: number;
  /** Standard deviation. */
  readonly deviation: number;
  readonly count: number;
}
