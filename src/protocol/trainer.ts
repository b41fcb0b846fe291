import type { BackendChoice, BackendName, TrainingConfig } from '../config/training-config.ts';
import type { TrainingSet, VerificationSet } from './faces.ts';
import type { ModelFindings } from './own-model.ts';

/** Which backend computes, and the sentence that tells the person why. */
export interface BackendReport {
  readonly name: BackendName;
  readonly why: string;
  /** Adapter or renderer as the browser names it; empty when it does not say. */
  readonly device: string;
  readonly threads: number;
}

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
  /** Share of right decisions, the threshold chosen on the other folds (LFW protocol). */
  readonly accuracy: number;
  readonly folds: number;
  /** Null where there are too few impostor pairs to say it (fewer than 10 / FAR). */
  readonly tarAtFar: {
    readonly '1e-1': number | null;
    readonly '1e-2': number | null;
    readonly '1e-3': number | null;
  };
  /** Two photos are the same person when their cosine is at least this (largest accuracy over all pairs). */
  readonly threshold: number;
  /** The error rates at that threshold. */
  readonly far: number;
  readonly frr: number;
}

/** Angles in degrees between embeddings and class centres; bin i covers [i * binWidth, (i + 1) * binWidth). */
export interface AngleHistogram {
  readonly binWidth: number;
  /** To the embedding's own class centre. */
  readonly own: readonly number[];
  /** To the nearest other class centre. */
  readonly nearestOther: readonly number[];
  readonly ownMean: number;
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
  /** On the people held out of training. Null when there are too few people. */
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
  /** Mean angles in degrees, to the own class centre and to the nearest other one. */
  readonly ownMean: number;
  readonly otherMean: number;
}

export interface StepPoint {
  readonly step: number;
  /** Fractional epoch, for the axis. */
  readonly epoch: number;
  readonly loss: number;
  /** Share of the batch whose own class centre is nearest (plain cosine). */
  readonly accuracy: number;
  readonly learningRate: number;
}

/** How the photos were divided, and in words what cannot be measured. */
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
  readonly baseline: EpochReport;
  readonly best: EpochReport;
  /** Every epoch, the untrained network first. */
  readonly curve: readonly EpochPoint[];
  /** On the separate verification set, where one was given: the untrained network and the best epoch. */
  readonly verify: { readonly baseline: VerificationReport; readonly best: VerificationReport } | null;
  readonly seconds: { readonly prepare: number; readonly train: number; readonly evaluate: number };
  readonly imagesPerSecond: number;
  readonly stopped: boolean;
  /** Plain-language remarks, e.g. that these data hardly need training. */
  readonly remarks: readonly string[];
  /** Loss of each of the first 20 steps, in full precision: what a seed must reproduce. */
  readonly firstLosses: readonly number[];
}

export interface ModelFile {
  readonly name: string;
  readonly file: Blob;
  /** Largest difference between embeddings of the trained model and of the file loaded again. */
  readonly check: { readonly faces: number; readonly maxDifference: number };
}

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
export interface RateSearch {
  readonly points: readonly RatePoint[];
  readonly suggestion: RateSuggestion;
  readonly backend: BackendReport;
  /** Of the steps, without preparing. */
  readonly seconds: number;
}

/** Faces as training changes them. */
export interface AugmentationPreview {
  /** Edge in pixels of the pictures: what the network takes. */
  readonly edge: number;
  /** PNGs, in the order of the faces. */
  readonly rows: readonly { readonly original: Blob; readonly draws: readonly Blob[] }[];
}

/** The calls that the trainer worker answers. */
export interface TrainerCalls {
  /** Runs until done or stopped. Only one run at a time. */
  readonly train: {
    readonly args: {
      readonly config: TrainingConfig;
      readonly data: TrainingSet;
      readonly verify: VerificationSet | null;
      /** A .zip of the person's own network, where the configuration asks for it. */
      readonly model?: Blob | null;
    };
    readonly result: TrainReport;
  };
  /** Trains a few steps with an ever larger learning rate, on weights that are thrown away. Not during a run. */
  readonly findRate: {
    readonly args: Omit<TrainerCalls['train']['args'], 'verify'>;
    readonly result: RateSearch;
  };
  /** Some faces, and so many draws of what training makes of each. Beside a run as well. */
  readonly previewAugmentation: {
    readonly args: {
      readonly config: TrainingConfig;
      readonly faces: readonly Blob[];
      readonly draws: number;
      readonly seed: number;
    };
    readonly result: AugmentationPreview;
  };
  /** What a model that the person gave is, and what has to be asked about it. */
  readonly inspectModel: { readonly args: { readonly model: Blob }; readonly result: ModelFindings };
  readonly pause: { readonly args: null; readonly result: null };
  readonly resume: { readonly args: null; readonly result: null };
  /** Ends the run after the current step; `train` answers with the best so far. */
  readonly stop: { readonly args: null; readonly result: null };
  /** Writes the best model of the last run as a .zip, loads it again and compares. */
  readonly exportTfjs: { readonly args: { readonly name: string }; readonly result: ModelFile };
  /** Embeddings (flip-averaged, L2-normalised) by a model that was downloaded before. */
  readonly embed: {
    readonly args: { readonly model: Blob; readonly faces: readonly Blob[]; readonly backend: BackendChoice };
    readonly result: { readonly embeddings: readonly (readonly number[])[]; readonly backend: BackendReport };
  };
  /** Makes initial weights and batches that any program can train on. */
  readonly traceInit: {
    readonly args: { readonly config: TrainingConfig; readonly classes: number; readonly steps: number };
    readonly result: TraceFiles;
  };
  /** Trains on exactly such weights and batches, one step a batch. */
  readonly trace: {
    readonly args: { readonly config: TrainingConfig; readonly init: Blob; readonly batches: Blob };
    readonly result: TraceReport;
  };
}

export type TrainerEvent =
  | { readonly kind: 'status'; readonly status: 'preparing' | 'running' | 'paused' }
  | { readonly kind: 'backend'; readonly report: BackendReport }
  | {
      readonly kind: 'split';
      readonly report: SplitReport;
      readonly scale: { readonly value: number; readonly why: string };
    }
  | { readonly kind: 'preparing'; readonly what: string; readonly done: number; readonly total: number }
  | {
      readonly kind: 'steps';
      readonly points: readonly StepPoint[];
      readonly totalSteps: number;
      readonly imagesPerSecond: number;
      readonly secondsLeft: number | null;
    }
  /** How far a search for a learning rate is, with all its points so far. */
  | {
      readonly kind: 'rate-search';
      readonly what: string;
      readonly done: number;
      readonly total: number;
      readonly points: readonly RatePoint[];
    }
  /** The run had run away: it goes on from this step with a smaller learning rate. */
  | { readonly kind: 'rescued'; readonly step: number; readonly text: string }
  | {
      /** The epochs measured since the last such event: numbers of all, everything about the last and the best. */
      readonly kind: 'epochs';
      readonly points: readonly EpochPoint[];
      readonly latest: EpochReport;
      /** The best of the run so far. */
      readonly best: EpochReport;
    };
