/** Faces as training changes them. */
export interface AugmentationPreview {
  /** Edge in pixels of the pictures: what the network takes. */
  readonly edge: number;
  /** PNGs, in the order of the faces. */
  readonly rows: readonly { readonly original: Blob; readonly draws: readonly Blob[] }[];
}
