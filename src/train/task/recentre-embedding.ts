import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { present } from '../../lib/assert.ts';
import type { Rows } from '../../model/embed.ts';

/*
 * dlib's network was trained for Euclidean distances, which do not depend on the origin: its embeddings lie far out in
 * one direction, 12 degrees from each other whoever they show. Angles, which ArcFace needs, distinguish people only when
 * measured from the mean. And all its features are positive, so that equal steps of every weight move all embeddings
 * together, further than the people are apart: a first epoch would undo the pretraining. Here its last layer is
 * rewritten, the same up to origin and scale, so that it can be trained.
 */

/** Mean and deviation of each feature. */
export interface FeatureStatistics {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Features below this deviation are left as they are: they are the same for every face. */
const CONSTANT = 1e-6;

/**
 * Features less their mean, divided by their deviation, both over some of the faces. In place.
 *
 * @param features [N, 2, size], each face and its mirror image
 */
export function standardise(
  features: Float32Array,
  size: number,
  faces: readonly number[],
): FeatureStatistics {
  const sum = new Float64Array(size);
  const squares = new Float64Array(size);
  for (const face of faces) {
    features.subarray(face * 2 * size, (face + 1) * 2 * size).forEach((value, i) => {
      sum[i % size] = (sum[i % size] ?? 0) + value;
      squares[i % size] = (squares[i % size] ?? 0) + value * value;
    });
  }
  const rows = Math.max(1, 2 * faces.length);
  const mean = Float32Array.from(sum, (total) => total / rows);
  const deviation = Float32Array.from(squares, (total, i) => {
    const spread = Math.sqrt(Math.max(0, total / rows - ((sum[i] ?? 0) / rows) ** 2));
    return spread > CONSTANT ? spread : 1;
  });
  features.forEach((value, i) => {
    features[i] = (value - (mean[i % size] ?? 0)) / (deviation[i % size] ?? 1);
  });
  return { mean, deviation };
}

/**
 * Rewrites a dense layer for standardised features: K' = c diag(deviation) K, b' = 0, where c makes the root mean square of
 * K' 1 / sqrt(size), as after initialisation. Its outputs are the old ones, less their mean, times c.
 */
export async function scaleToStandardised(
  layer: LayersModel,
  { deviation }: FeatureStatistics,
): Promise<void> {
  await rewrite(layer, (kernel, bias) => {
    const outputs = bias.length;
    const scaled = kernel.map((value, i) => value * (deviation[Math.floor(i / outputs)] ?? 1));
    return { kernel: rescaled(scaled, outputs).kernel, bias: bias.map(() => 0) };
  });
}

/** The same layer for features as they are: K = diag(1 / deviation) K', b = b' - mean K. */
export async function scaleFromStandardised(
  layer: LayersModel,
  { mean, deviation }: FeatureStatistics,
): Promise<void> {
  await rewrite(layer, (kernel, bias) => {
    const outputs = bias.length;
    const plain = kernel.map((value, i) => value / (deviation[Math.floor(i / outputs)] ?? 1));
    const moved = Float64Array.from(bias);
    plain.forEach((value, i) => {
      moved[i % outputs] = (moved[i % outputs] ?? 0) - value * (mean[Math.floor(i / outputs)] ?? 0);
    });
    return { kernel: plain, bias: Float32Array.from(moved) };
  });
}

/** Moves the origin of what a network's last, dense layer gives to a point, and scales that as {@link scaleToStandardised}. */
export async function recentre(point: Float32Array, network: LayersModel): Promise<void> {
  await rewrite(network, (old, bias) => {
    const { kernel, factor } = rescaled(old, bias.length);
    return { kernel, bias: bias.map((value, d) => factor * (value - (point[d] ?? 0))) };
  });
}

function rescaled(kernel: Float32Array, outputs: number): { kernel: Float32Array; factor: number } {
  const square = kernel.reduce((sum, value) => sum + value * value, 0) / kernel.length;
  const factor = square > 0 ? Math.sqrt(outputs / kernel.length / square) : 1;
  return { kernel: kernel.map((value) => value * factor), factor };
}

async function rewrite(
  network: LayersModel,
  change: (kernel: Float32Array, bias: Float32Array) => { kernel: Float32Array; bias: Float32Array },
): Promise<void> {
  const layer = present(network.layers.at(-1), 'the embedding layer');
  const [kernel, bias] = layer.getWeights();
  if (!kernel || !bias) throw new Error(`Internal error: ${layer.name} is no dense layer with a bias`);
  const changed = change(await kernel.data<'float32'>(), await bias.data<'float32'>());
  tf.tidy(() => layer.setWeights([tf.tensor(changed.kernel, kernel.shape), tf.tensor1d(changed.bias)]));
}

/** The mean of the rows, [D]. */
export function meanRow({ values, dimension }: Rows): Float32Array {
  const sum = new Float64Array(dimension);
  values.forEach((value, i) => {
    sum[i % dimension] = (sum[i % dimension] ?? 0) + value;
  });
  const rows = Math.max(1, values.length / dimension);
  return Float32Array.from(sum, (total) => total / rows);
}

/**
 * Flip-averaged embeddings of length 1, as `embedFaces` gives them, relative to a point.
 *
 * @param both raw embeddings of each face and of its mirror image, [2 N, D]
 */
export function recentredEmbeddings(point: Float32Array, { values, dimension }: Rows): Rows {
  const result = new Float32Array(values.length / 2);
  for (let face = 0; face < result.length / dimension; face++) {
    const row = result.subarray(face * dimension, (face + 1) * dimension);
    const at = 2 * face * dimension;
    row.forEach((_, d) => {
      row[d] = (values[at + d] ?? 0) + (values[at + dimension + d] ?? 0) - 2 * (point[d] ?? 0);
    });
    const length = Math.hypot(...row) || 1;
    row.forEach((value, d) => {
      row[d] = value / length;
    });
  }
  return { values: result, dimension };
}
