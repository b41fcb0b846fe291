import type { TrainingConfig } from '../config/training-config.ts';
import type { BackendReport } from './backend.ts';
import type { VerificationReport } from './verification.ts';

/** Angles in degrees between embeddings and class centres; bin i covers [i * binWidth, (i + 1) * binWidth). */
export interface AngleHistogram {
  readonly binWidth: number;
  /** To the target class centre. */
  readonly target: readonly number[];
  /** To the nearest other class centre. */
  readonly nearestOther: readonly number[];
  readonly targetMean: number;
  readonly nearestOtherMean: number;
}

export interface EpochReport {
  /** 0 is the untrained network. */
  readonly epoch: number;
  readonly step: number;
  /** Mean loss over the epoch's steps; null for epoch 0. */
  readonly loss: number | null;
  /** Plain cosine, no margin; on the photos trained on. */
  readonly trainAccuracy: number | null;
  /** Plain cosine, no margin; on held-out photos of the people trained on. Null when there are none. */
  readonly heldOutAccuracy: number | null;
  /** Mean cross-entropy on those photos, of the scaled cosines without margin, in nats; null when there are none. */
  readonly heldOutLoss: number | null;
  /** On held-out people. Null when there are too few. */
  readonly verification: VerificationReport | null;
  readonly angles: AngleHistogram;
  /** True when this is the best epoch so far. */
  readonly best: boolean;
}

/** The numbers of one epoch, without curves and histograms: small enough to keep for every epoch. */
export interface EpochPoint {
  readonly epoch: number;
  readonly step: number;
  readonly loss: number | null;
  readonly trainAccuracy: number | null;
  readonly heldOutAccuracy: number | null;
  readonly auc: number | null;
  readonly eer: number | null;
  /** Accuracy over the pairs of the people held out of training. */
  readonly verification: number | null;
  /** Mean angles in degrees, to the target class centre and to the nearest other one. */
  readonly targetMean: number;
  readonly otherMean: number;
}

export interface StepPoint {
  readonly step: number;
  /** Fractional epoch, for the axis. */
  readonly epoch: number;
  readonly loss: number;
  /** Share of the batch whose class centre is nearest (plain cosine). */
  readonly accuracy: number;
  readonly learningRate: number;
}

/** How the photos were split, and in words what cannot be measured. */
export interface SplitReport {
  readonly trainPeople: number;
  readonly trainPhotos: number;
  readonly heldOutPhotos: number;
  readonly verificationPeople: readonly string[];
  readonly verificationPhotos: number;
  readonly notMeasured: readonly string[];
}

export interface TrainReport {
  readonly config: TrainingConfig;
  readonly backend: BackendReport;
  readonly split: SplitReport;
  /** The scale that was used, and the sentence that says where it comes from. */
  readonly scale: { readonly value: number; readonly why: string };
  /** Both of all held-out faces, and so not quite as in the curve. */
  readonly baseline: EpochReport;
  readonly best: EpochReport;
  /** Faces evaluated after each epoch, and how many there are. */
  readonly evaluated: { readonly faces: number; readonly of: number };
  /** Every epoch, the untrained network first. */
  readonly curve: readonly EpochPoint[];
  /** On the separate verification set, where one was given: the untrained network and the best epoch. */
  readonly verify: { readonly baseline: VerificationReport; readonly best: VerificationReport } | null;
  /** Without pauses; evaluation before, during and after training. */
  readonly seconds: { readonly prepare: number; readonly train: number; readonly evaluate: number };
  readonly imagesPerSecond: number;
  readonly stopped: boolean;
  /** Plain-language remarks, e.g. that these data hardly need training. */
  readonly remarks: readonly string[];
  /** Loss of each of the first 20 steps, in full precision: what a seed must reproduce. */
  readonly firstLosses: readonly number[];
}
