import type { OperatingPointName } from '../operating-point.ts';

export interface ModelFile {
  readonly name: string;
  readonly file: Blob;
  /** Largest difference between embeddings of the trained model and of the file loaded again. */
  readonly check: { readonly faces: number; readonly maxDifference: number };
}

/** Two photos show the same person when the cosine of their embeddings is at least this. */
export interface ModelThreshold {
  readonly cosine: number;
  /** Null where the file does not say how it was chosen. */
  readonly operatingPoint: OperatingPointName | null;
  readonly falseAcceptRate: number;
  readonly falseRejectRate: number;
}
