type Contents = readonly { readonly file: string; readonly description: string }[];

/** A format that a trained model can be downloaded in, as the page offers it. */
export interface ExportFormatInfo {
  readonly id: string;
  /** What the file is for, as the end of "Download for ...". */
  readonly label: string;
  /** What is in the file, and what it is for. */
  readonly contents: Contents;
  /** What is in the file besides where it is asked for with the ArcFace head; left out where there is no such thing. */
  readonly withHead?: Contents;
}

/**
 * Ids of the formats, in the order of the page. Known without the code that writes them, which the terminal's own side cannot
 * load; a test compares them with the registry.
 */
export const EXPORT_FORMAT_IDS = [
  'tfjs',
  'h5',
  'keras',
  'onnx',
  'onnx-raw',
  'page',
  'safetensors',
  'torch',
] as const;

/** Id of the one format that can have the ArcFace head. */
export const WITH_HEAD_FORMAT = 'tfjs' satisfies (typeof EXPORT_FORMAT_IDS)[number];
