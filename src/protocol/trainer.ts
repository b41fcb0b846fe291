import type { BackendChoice, TrainingConfig } from '../config/training-config.ts';
import type { AugmentationPreview } from '../domain/augmentation-preview.ts';
import type { BackendReport } from '../domain/backend.ts';
import type { CustomModelFindings } from '../domain/custom-model/findings.ts';
import type { ExportFormatInfo } from '../domain/export/export-format.ts';
import type { ModelFile, ModelThreshold } from '../domain/export/model-file.ts';
import type { PrecisionCost, WeightPrecision } from '../domain/export/weight-precision.ts';
import type { TrainingSet, VerificationSet } from '../domain/faces.ts';
import type { LrFinderResult, RatePoint } from '../domain/lr-finder.ts';
import type { OperatingPointName } from '../domain/operating-point.ts';
import type { TraceFiles, TraceReport } from '../domain/trace.ts';
import type {
  EpochPoint,
  EpochReport,
  SplitReport,
  StepPoint,
  TrainReport,
} from '../domain/training-report.ts';
import type { WrongFace } from '../domain/wrong-face.ts';
import type { PersonId, SampleId } from '../lib/brand.ts';

/** The calls that the trainer worker answers. */
export interface TrainerCalls {
  /** Runs until done or stopped. Only one run at a time. */
  readonly train: {
    readonly args: {
      readonly config: TrainingConfig;
      readonly data: TrainingSet;
      readonly verify: VerificationSet | null;
      /** A .zip of a custom model, where the configuration asks for it. */
      readonly model?: Blob | null;
    };
    readonly result: TrainReport;
  };
  /**
   * Computes features of faces that a run with this configuration will need, while nothing else is going on: any other
   * call that computes ends it, and keeps what there is. Answers with how many of these faces are ready, or null where
   * something came between.
   */
  readonly computeFeatures: {
    readonly args: {
      readonly config: TrainingConfig;
      readonly faces: readonly { readonly id: SampleId; readonly image: Blob }[];
    };
    readonly result: number | null;
  };
  /** Photos that seem to show somebody else, by features that `computeFeatures` has computed. Ended as that is; null then. */
  readonly findWrongFaces: {
    readonly args: {
      readonly config: TrainingConfig;
      readonly faces: readonly { readonly id: SampleId; readonly person: PersonId }[];
    };
    readonly result: readonly WrongFace[] | null;
  };
  /** Trains a few steps with an ever larger learning rate, on weights that are discarded. Not during a run. */
  readonly findLearningRate: {
    readonly args: Omit<TrainerCalls['train']['args'], 'verify'>;
    readonly result: LrFinderResult;
  };
  /** Some faces, and a number of random augmentations of each. Beside a run as well. */
  readonly previewAugmentation: {
    readonly args: {
      readonly config: TrainingConfig;
      readonly faces: readonly Blob[];
      readonly draws: number;
      readonly seed: number;
    };
    readonly result: AugmentationPreview;
  };
  /** What a custom model is, and what has to be asked about it. */
  readonly inspectModel: { readonly args: { readonly model: Blob }; readonly result: CustomModelFindings };
  readonly pause: { readonly args: null; readonly result: null };
  readonly resume: { readonly args: null; readonly result: null };
  /** Ends the run after the current step; `train` answers with the best so far. */
  readonly stop: { readonly args: null; readonly result: null };
  /** The formats that a model can be exported in. */
  readonly exportFormats: { readonly args: null; readonly result: readonly ExportFormatInfo[] };
  /** Writes the best model of the last run in a format, loads the file again and compares. */
  readonly exportModel: {
    readonly args: {
      readonly format: string;
      readonly name: string;
      /** How the threshold in the file is chosen; the default one if not given. */
      readonly operatingPoint?: OperatingPointName;
      /** How the weights are stored; as 32-bit floats if not given. */
      readonly precision?: WeightPrecision;
      /** With the ArcFace head, to go on with training elsewhere; refused by formats without it. */
      readonly withHead?: boolean;
    };
    readonly result: ModelFile;
  };
  /**
   * What it costs to store the weights of the last run in a precision; a cost of null where too few people were held out. Ended as
   * `computeFeatures` is; null then.
   */
  readonly measurePrecision: {
    readonly args: { readonly precision: WeightPrecision };
    readonly result: { readonly cost: PrecisionCost | null } | null;
  };
  /** Writes a model that was downloaded before in another format, loads that file and compares. */
  readonly convertModel: {
    readonly args: {
      readonly model: Blob;
      readonly format: string;
      readonly name: string;
      /** How the weights are stored; as in the given file if not given. */
      readonly precision?: WeightPrecision;
      readonly withHead?: boolean;
    };
    readonly result: ModelFile;
  };
  /** Loads a model that was downloaded before, to see whether that can be done. */
  readonly checkDownload: { readonly args: { readonly model: Blob }; readonly result: null };
  /** Embeddings (flip-averaged, L2-normalised) by a model that was downloaded before. */
  readonly embed: {
    readonly args: { readonly model: Blob; readonly faces: readonly Blob[]; readonly backend: BackendChoice };
    readonly result: {
      readonly embeddings: readonly (readonly number[])[];
      readonly backend: BackendReport;
      /** Of the model. */
      readonly threshold: ModelThreshold | null;
    };
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
  /** Progress of a learning-rate search, with all its points so far. */
  | {
      readonly kind: 'lr-finder';
      readonly what: string;
      readonly done: number;
      readonly total: number;
      readonly points: readonly RatePoint[];
    }
  /** Progress of `measurePrecision`, in embeddings. */
  | { readonly kind: 'measuring'; readonly done: number; readonly total: number }
  /** The run diverged, or its graphics device failed: it continues from this step, and the text says how. */
  | { readonly kind: 'rolled-back'; readonly step: number; readonly text: string }
  | {
      /** The epochs measured since the last such event: numbers of all, everything about the last and the best. */
      readonly kind: 'epochs';
      readonly points: readonly EpochPoint[];
      readonly latest: EpochReport;
      /** The best of the run so far. */
      readonly best: EpochReport;
    };
