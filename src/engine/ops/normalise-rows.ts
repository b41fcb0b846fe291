import * as tf from '@tensorflow/tfjs-core';
import { present } from '../../lib/assert.ts';
import { customOp } from './custom-op.ts';

/** Squared lengths below this count as this, so that a row of zeros stays zeros with a finite gradient. */
const SMALLEST_SQUARED_LENGTH = 1e-12;

/**
 * Every row divided by its Euclidean length: y = x / |x|.
 *
 * dx = (dy - y (y . dy)) / |x|: what dy has across the row, since turning is all that can change y.
 *
 * @param rows [N, D]
 * @returns [N, D], rows of length 1
 */
export function normaliseRows(rows: tf.Tensor2D): tf.Tensor2D {
  return customOp<tf.Tensor2D>(
    rows,
    (x) => {
      const squared = tf.sum(tf.square(x), 1, true); // [N,1]
      const inverse = tf.rsqrt(tf.maximum(squared, SMALLEST_SQUARED_LENGTH)) as tf.Tensor2D; // [N,1]
      const y = tf.mul(x, inverse) as tf.Tensor2D; // [N,D]
      return { value: y, saved: [y, inverse] };
    },
    (dy, [y, inverse]) => {
      const unit = present(y, 'the saved rows');
      const along = tf.sum(tf.mul(dy, unit), 1, true); // [N,1]
      return tf.mul(tf.sub(dy, tf.mul(unit, along)), present(inverse, 'the saved lengths'));
    },
  );
}
