export interface ModelFile {
  readonly name: string;
  readonly file: Blob;
  /** Largest difference between embeddings of the trained model and of the file loaded again. */
  readonly check: { readonly faces: number; readonly maxDifference: number };
}
