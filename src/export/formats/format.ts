import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ExportFormatInfo } from '../../domain/export/export-format.ts';
import type { Manifest } from '../manifest.ts';

/** What a format is given to write. */
export interface ExportedModel {
  /** Embedding only: [B, S, S, 3], scaled as the manifest says, to the raw embedding [B, D]. */
  readonly model: LayersModel;
  readonly manifest: Manifest;
  /** Date of every file, so that the same model gives the same bytes. */
  readonly created: Date;
}

/**
 * One format of a download: one file in this folder, and one line in index.ts. It only writes and reads back; the
 * manifest, the check and the file's name are the same for all, see export-model.ts.
 */
export interface ExportFormat extends ExportFormatInfo {
  /** Behind the name that the person gives, e.g. `.zip`. */
  readonly extension: string;
  /** Largest difference of a number of an embedding of length 1, between the model and its file loaded again. */
  readonly tolerance: number;
  /** @throws CancelledError */
  write(exported: ExportedModel, signal: AbortSignal): Promise<Blob>;
  /**
   * Loads the file as its user would and runs it.
   *
   * @param faces [F, S, S, 3], as the network takes them
   * @returns raw embeddings [F, D], row by row
   * @throws ProblemError
   */
  verify(file: Blob, faces: tf.Tensor4D): Promise<Float32Array>;
}
