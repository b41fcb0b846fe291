import * as tf from '@tensorflow/tfjs-core';
import { normaliseRows } from '../../engine/ops/normalise-rows.ts';
import type { Random } from '../../lib/random.ts';

/** Class centres: row k points where embeddings of class k should; only its direction matters. */
export type Centres = tf.Variable<tf.Rank.R2>;

/**
 * Cosine of the angle between every embedding and every class centre.
 *
 * @param embeddings [B, D], any length
 * @param centres [K, D], any length
 * @returns [B, K], in [-1, 1] up to rounding
 */
export function cosines(embeddings: tf.Tensor2D, centres: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(normaliseRows(embeddings), normaliseRows(centres), false, true);
}

/**
 * Random centres: independent normal entries of deviation 1/sqrt(D), so rows are about of length 1
 * and about at right angles to each other.
 */
export function randomCentres(classes: number, dimension: number, random: Random): Float32Array {
  const deviation = 1 / Math.sqrt(dimension);
  return Float32Array.from({ length: classes * dimension }, () => random.normal() * deviation);
}

/**
 * The mean direction of each class, of length 1. A class without embeddings gets zeros.
 *
 * @param embeddings [N, D] rows of length 1
 * @param labels class of each row
 * @returns [K, D], row-major
 */
export function meanCentres(
  embeddings: Float32Array,
  dimension: number,
  labels: readonly number[],
  classes: number,
): Float32Array {
  const centres = new Float32Array(classes * dimension);
  labels.forEach((label, row) => {
    for (let d = 0; d < dimension; d++) {
      const at = label * dimension + d;
      centres[at] = (centres[at] ?? 0) + (embeddings[row * dimension + d] ?? 0);
    }
  });
  for (let k = 0; k < classes; k++) {
    const row = centres.subarray(k * dimension, (k + 1) * dimension);
    const length = Math.hypot(...row);
    if (length > 0)
      row.forEach((value, d) => {
        row[d] = value / length;
      });
  }
  return centres;
}
