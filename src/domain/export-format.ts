/** A format that a trained model can be downloaded in, as the page offers it. */
export interface ExportFormatInfo {
  readonly id: string;
  /** What the file is for, as the end of "Download for ...". */
  readonly label: string;
  /** What is in the file, and what it is for. */
  readonly contents: readonly { readonly file: string; readonly description: string }[];
}
