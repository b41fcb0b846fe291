import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { normaliseRows } from '../engine/ops/normalise-rows.ts';
import { present } from '../lib/assert.ts';
import type { Channels, PixelRange } from '../lib/pixel-range.ts';
import { throwIfAborted } from '../lib/problem.ts';
import { yieldToEventLoop } from '../lib/yield-to-event-loop.ts';
import { pixelsToTensor } from './preprocess.ts';

export interface EmbedOptions {
  /** Adds the output for the mirrored picture, as is usual for verification. */
  readonly flip: boolean;
  readonly batchSize: number;
  /** How bytes become the network's input; as for this program's own networks if not given. */
  readonly range?: PixelRange;
  readonly signal: AbortSignal;
  /** Called after each batch, and waited for: the work pauses while it does not settle. */
  readonly onProgress?: (done: number, total: number) => void | Promise<void>;
}

/**
 * Faces that are embedded at once, each with its mirror image. A GPU wants many; on the CPU the activations of a few stay in
 * its cache (MobileFaceNet at 112 pixels: at least 1.3 times as fast as with 32, docs/performance.md), and a run stops and
 * pauses soon where it is slow.
 */
export const embeddingBatch = (): number => (['webgpu', 'webgl'].includes(tf.getBackend()) ? 16 : 8);

/** Rows of numbers, one for each picture. */
export interface Rows {
  readonly values: Float32Array;
  readonly dimension: number;
}

/**
 * Embeddings of faces: normalise(e(x) + e(mirror x)), or normalise(e(x)) without `flip`.
 *
 * @param model [B, edge, edge, 3] or [B, edge, edge, 1] -> [B, D]
 * @param faces RGB bytes, row by row, edge x edge x 3 each, at the model's own input size
 * @returns [N, D], rows of length 1
 * @throws CancelledError when the signal is given
 */
export async function embedFaces(
  model: LayersModel,
  faces: readonly Uint8Array[],
  options: EmbedOptions,
): Promise<Rows> {
  return inBatches(model, faces, options, (pictures) => {
    if (!options.flip) return normaliseRows(predict(model, pictures));
    const [straight, mirrored] = predictBoth(model, pictures);
    return normaliseRows(tf.add(straight, mirrored));
  });
}

/**
 * Raw outputs of a network for each picture and its mirror image, e.g. the features that Quick trains on.
 *
 * @returns [N, 2 D]: first the D numbers of the picture, then those of its mirror image
 */
export async function extractBoth(
  model: LayersModel,
  faces: readonly Uint8Array[],
  options: Omit<EmbedOptions, 'flip'>,
): Promise<Rows> {
  return inBatches(
    model,
    faces,
    options,
    (pictures) => tf.concat(predictBoth(model, pictures).map(flat), 1) as tf.Tensor2D,
  );
}

/**
 * As {@link embedFaces} with `flip`, from features in front of the last part of a network.
 *
 * @param head features -> [B, D]
 * @param rows [2 * size] each: the features of a face, then those of its mirror image
 * @param featureShape of one picture's features
 * @returns [N, D], rows of length 1
 */
export async function embedFeatures(
  head: LayersModel,
  rows: readonly Float32Array[],
  featureShape: readonly number[],
): Promise<Float32Array> {
  const width = rows[0]?.length ?? 0;
  const both = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    both.set(row, i * width);
  });
  const embedded = tf.tidy(() => {
    const output = head.apply(tf.tensor(both, [2 * rows.length, ...featureShape]), {
      training: false,
    }) as tf.Tensor2D;
    const pairs = tf.reshape(output, [rows.length, 2, output.shape[1]]);
    return normaliseRows(tf.sum(pairs, 1) as tf.Tensor2D);
  });
  const values = await embedded.data<'float32'>();
  embedded.dispose();
  return values;
}

/** Edge in pixels of the pictures that a network takes. */
export function inputEdge(model: LayersModel): number {
  const edge = model.inputs[0]?.shape[1];
  if (typeof edge !== 'number') throw new Error('Internal error: a network without a fixed input size');
  return edge;
}

/** What a network takes of each pixel: red, green and blue, or luminance. */
export const inputChannels = (model: LayersModel): Channels => (model.inputs[0]?.shape[3] === 1 ? 1 : 3);

async function inBatches(
  model: LayersModel,
  faces: readonly Uint8Array[],
  options: Omit<EmbedOptions, 'flip'>,
  forward: (pictures: tf.Tensor4D) => tf.Tensor2D,
): Promise<Rows> {
  const [edge, channels] = [inputEdge(model), inputChannels(model)];
  let values = new Float32Array(0);
  let dimension = 0;
  for (let start = 0; start < faces.length; start += options.batchSize) {
    throwIfAborted(options.signal);
    const batch = faces.slice(start, start + options.batchSize);
    const rows = tf.tidy(() => forward(pixelsToTensor(batch, edge, options.range, channels)));
    const read = await rows.data<'float32'>();
    dimension = rows.shape[1];
    rows.dispose();
    if (start === 0) values = new Float32Array(faces.length * dimension);
    values.set(read, start * dimension);
    await options.onProgress?.(start + batch.length, faces.length);
    await yieldToEventLoop(); // pause, stop and cancel are messages
  }
  return { values, dimension };
}

/** Inference mode: batch-norms use their moving averages. */
function predict(model: LayersModel, pictures: tf.Tensor4D): tf.Tensor2D {
  return model.apply(pictures, { training: false }) as tf.Tensor2D; // one tensor in, one out
}

/** For the pictures and for their mirror images, in one pass: half as many operations to be begun and waited for. */
function predictBoth(model: LayersModel, pictures: tf.Tensor4D): readonly [tf.Tensor2D, tf.Tensor2D] {
  const outputs = predict(model, tf.concat([pictures, mirror(pictures)]));
  const [straight, mirrored] = tf.split<tf.Tensor2D>(outputs, 2);
  return [present(straight, 'the outputs'), present(mirrored, 'the outputs of mirror images')];
}

const flat = (rows: tf.Tensor): tf.Tensor2D => tf.reshape(rows, [rows.shape[0] ?? 0, -1]);

function mirror(pictures: tf.Tensor4D): tf.Tensor4D {
  return tf.reverse(pictures, 2);
}
