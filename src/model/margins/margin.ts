import * as tf from '@tensorflow/tfjs-core';
import { customOp } from '../../engine/ops/custom-op.ts';
import { present } from '../../lib/assert.ts';

/**
 * What a margin does to the cosine of the angle between an embedding and its own class centre.
 * Everything else (which entry is the own class, scale, loss) is the same for all margins.
 */
export interface Margin {
  /** The margined cosine. Any shape; cosines may overshoot [-1, 1] by rounding. */
  value(cosine: tf.Tensor): tf.Tensor;
  /** d value / d cosine, same shape, finite everywhere. */
  derivative(cosine: tf.Tensor): tf.Tensor;
}

/**
 * Applies a margin to the true class only: out = c + oneHot (value(c_true) - c).
 *
 * @param cosines [B, K]
 * @param oneHot [B, K], 1 at the true class
 * @returns [B, K]
 */
export function applyMargin(margin: Margin, cosines: tf.Tensor2D, oneHot: tf.Tensor2D): tf.Tensor2D {
  return customOp<tf.Tensor2D>(
    cosines,
    (c) => {
      const own = tf.sum(tf.mul(c, oneHot), 1, true) as tf.Tensor2D; // [B,1], cosine to the own centre
      const change = tf.sub(margin.value(own), own); // [B,1]
      return { value: tf.add(c, tf.mul(oneHot, change)) as tf.Tensor2D, saved: [own, oneHot] };
    },
    (dy, [own, truth]) => {
      const slope = margin.derivative(present(own, 'the saved cosines')); // [B,1]
      return tf.mul(dy, tf.add(1, tf.mul(present(truth, 'the saved classes'), tf.sub(slope, 1)))); // [B,K]
    },
  );
}
