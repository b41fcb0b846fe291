import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { present } from '../lib/assert.ts';
import type { Rows } from '../model/embed.ts';

/**
 * Moves the origin of embeddings to a point, by the bias of the dense layer that they come from.
 *
 * dlib's network has learned Euclidean distances, for which it is all the same where the origin lies: its embeddings lie
 * far out in one direction, at 12 degrees from each other whoever they show. Angles, which ArcFace asks for, tell people
 * apart only when they are seen from the middle.
 *
 * @param network ends in a dense layer with bias
 * @param point D numbers
 */
export function moveOrigin(network: LayersModel, point: Float32Array): void {
  const [kernel, bias] = present(network.layers.at(-1), 'the embedding layer').getWeights();
  const [weights, old] = [present(kernel, 'a kernel'), present(bias, 'a bias')];
  const moved = tf.sub(old, tf.tensor1d(point));
  network.layers.at(-1)?.setWeights([weights, moved]);
  moved.dispose();
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
 * Flip-averaged embeddings of length 1, as `embedFaces` gives them, seen from a point.
 *
 * @param both raw embeddings of each face and of its mirror image, [2 N, D]
 */
export function seenFrom(point: Float32Array, { values, dimension }: Rows): Rows {
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
