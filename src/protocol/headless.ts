import type { TrainingConfig } from '../config/training-config.ts';
import type { ModelThreshold } from '../domain/export/model-file.ts';
import type { WeightPrecision } from '../domain/export/weight-precision.ts';
import type { LrFinderResult } from '../domain/lr-finder.ts';
import type { OperatingPointName } from '../domain/operating-point.ts';
import type { TraceReport } from '../domain/trace.ts';
import type { TrainReport } from '../domain/training-report.ts';
import type { Problem } from '../lib/problem.ts';
import type { Box } from './recognise.ts';

/** What the terminal command asks of `headless.html`; the files come through its inputs. */
export interface HeadlessTrain {
  readonly config: TrainingConfig;
  /** LFW's pairs.txt; null verifies on all pairs of the verification folder. */
  readonly pairs: string | null;
  readonly modelName: string;
  readonly operatingPoint: OperatingPointName;
  /** Whether a custom model lies in the input for models. */
  readonly customModel: boolean;
  /** The folder that many levels below the given one, or inside the .zip, names the person; null finds out. */
  readonly personLevel: number | null;
}

export type HeadlessFindRate = Pick<HeadlessTrain, 'config' | 'customModel' | 'personLevel'>;

export interface HeadlessProgress {
  readonly what: string;
  readonly done: number;
  readonly total: number;
  readonly detail: string;
}

export interface IngestCount {
  readonly identities: number;
  readonly photos: number;
  readonly faces: number;
  readonly rejected: readonly { readonly path: string; readonly reason: string }[];
  readonly seconds: number;
}

export interface PairCount {
  readonly used: number;
  readonly leftOut: number;
}

export interface HeadlessTrained {
  readonly report: TrainReport;
  readonly data: IngestCount;
  readonly verify: IngestCount | null;
  /** Of the pairs file: those compared, and those left out because a photo of theirs gave no face. */
  readonly pairs: PairCount | null;
  /** Said in words, e.g. pairs that could not be used. */
  readonly notes: readonly string[];
  readonly reloadMaxDifference: number;
  /** Of the threshold in the file. */
  readonly operatingPoint: OperatingPointName;
  /** Object URL of the .zip. */
  readonly url: string;
}

export interface HeadlessEmbedded {
  /** One row a photo, in the order of the sorted paths; null where no face was found. */
  readonly photos: readonly {
    readonly path: string;
    readonly embedding: readonly number[] | null;
    readonly reason: string | null;
  }[];
  readonly backend: string;
  /** Of the model. */
  readonly threshold: ModelThreshold | null;
}

export interface HeadlessRecognise {
  /** Whether the pretrained network is used, and not the model in the input for models. */
  readonly pretrained: boolean;
  /** Where the people come from: photos in folders, a saved gallery, or the training of the model. */
  readonly gallery: 'photos' | 'saved' | 'model';
  /** Cosine; null for the model's. */
  readonly threshold: number | null;
  /** Of those photos: the folder that many levels below the given one names the person; null finds out. */
  readonly personLevel: number | null;
}

export interface HeadlessRecognised {
  /** One a photo, in the order of the sorted paths. */
  readonly photos: readonly {
    readonly photo: string;
    readonly faces: readonly {
      /** In pixels of the photo. */
      readonly box: Box;
      /** Null for an unknown face. */
      readonly name: string | null;
      /** Cosine to the most similar person, to whom the name belongs where there is one; null with an empty gallery. */
      readonly similarity: number | null;
      /** The next one; null with fewer than two people. */
      readonly second: { readonly name: string; readonly similarity: number } | null;
    }[];
    /** Why a file was not looked at; only where it was not. */
    readonly reason?: string;
  }[];
  readonly people: number;
  /** Cosine from which on a face has a name. */
  readonly threshold: number;
}

export type HeadlessCrops = Pick<HeadlessTrain, 'config' | 'personLevel'>;

export interface HeadlessCropped {
  readonly data: IngestCount;
  /** Object URLs of .zip files, some faces in each and `split.csv` in the last. */
  readonly urls: readonly string[];
}

export interface HeadlessTraceInit {
  readonly config: TrainingConfig;
  readonly classes: number;
  readonly steps: number;
}

export interface HeadlessTraceFiles {
  readonly config: TrainingConfig;
  readonly notes: readonly string[];
  /** Object URLs. */
  readonly init: string;
  readonly batches: string;
}

export interface HeadlessExport {
  /** Id of the format. */
  readonly format: string;
  /** How the weights are stored; null: as in the given file. */
  readonly precision: WeightPrecision | null;
  readonly modelName: string;
  /** With the ArcFace head. */
  readonly withHead: boolean;
}

export interface HeadlessExported {
  /** Of the file. */
  readonly name: string;
  /** Object URL of the file. */
  readonly url: string;
  /** Largest difference of a number of an embedding of length 1. */
  readonly maxDifference: number;
}

/** Failures come back as values: an exception would lose the sentence on its way to the terminal. */
export type HeadlessAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: Problem };

/** What `headless.html` puts on `window` for the terminal command. */
export interface HeadlessDoor {
  train(request: HeadlessTrain): Promise<HeadlessAnswer<HeadlessTrained>>;
  findRate(request: HeadlessFindRate): Promise<HeadlessAnswer<LrFinderResult>>;
  embed(backend: TrainingConfig['backend']): Promise<HeadlessAnswer<HeadlessEmbedded>>;
  recognise(request: HeadlessRecognise): Promise<HeadlessAnswer<HeadlessRecognised>>;
  export(request: HeadlessExport): Promise<HeadlessAnswer<HeadlessExported>>;
  crops(request: HeadlessCrops): Promise<HeadlessAnswer<HeadlessCropped>>;
  traceInit(request: HeadlessTraceInit): Promise<HeadlessAnswer<HeadlessTraceFiles>>;
  /** On the files of the inputs `trace-init` and `trace-batches`. */
  trace(config: TrainingConfig): Promise<HeadlessAnswer<TraceReport>>;
}
