import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { ModelFile } from '../../domain/export/model-file.ts';
import { assert, present } from '../../lib/assert.ts';
import { ProblemError, throwIfAborted } from '../../lib/problem.ts';
import { fileName } from '../file-name.ts';
import type { ExportedModel, ExportFormat } from '../formats/format.ts';
import { rawEmbeddings } from '../raw-embeddings.ts';

export interface CheckedInput extends ExportedModel {
  readonly format: ExportFormat;
  /** At least one face, [F, S, S, C], scaled as the network takes it; the file is checked with these. */
  readonly sampleFaces: tf.Tensor4D;
  /** What the person calls the model. */
  readonly name: string;
}

/**
 * Writes a model in a format, then loads that file as its user would and compares the embeddings of the sample faces.
 *
 * @throws ProblemError when the file does not give the same embeddings, to the format's tolerance; CancelledError
 */
export async function writeChecked(input: CheckedInput, signal: AbortSignal): Promise<ModelFile> {
  const { format, model, manifest, created } = input;
  const file = await format.write({ model, manifest, created }, signal);
  throwIfAborted(signal);
  const check = await compareWithFile(input, file);
  throwIfAborted(signal);
  return { name: `${fileName(input.name)}${format.extension}`, file, check };
}

async function compareWithFile(
  {
    format,
    model,
    sampleFaces,
  }: { readonly format: ExportFormat; readonly model: LayersModel; readonly sampleFaces: tf.Tensor4D },
  file: Blob,
): Promise<ModelFile['check']> {
  const faces = present(sampleFaces.shape[0], 'number of sample faces');
  assert(faces >= 1, 'at least one face to check the file with');
  const wanted = unitRows(await rawEmbeddings(model, sampleFaces), faces);
  const got = unitRows(await format.verify(file, sampleFaces), faces);
  const maxDifference = wanted.length === got.length ? largestDifference(wanted, got) : Number.NaN;
  // Written so that NaN, too, is a failure.
  if (maxDifference <= format.tolerance) return { faces, maxDifference };
  throw new ProblemError(
    `The model's file was loaded again as a check, and its embeddings differ by ${maxDifference}; the file is not offered.`,
    'Try the download again; if it fails again, choose another backend and train again.',
  );
}

/** Rows of length 1. */
function unitRows(values: Float32Array, rows: number): Float32Array {
  const size = values.length / rows;
  return values.map((value, i) => {
    const first = Math.floor(i / size) * size;
    return value / Math.hypot(...values.subarray(first, first + size));
  });
}

/** NaN when any number of either is NaN. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - present(b[i], 'number'))), 0);
}
