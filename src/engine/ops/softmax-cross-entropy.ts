import * as tf from '@tensorflow/tfjs-core';
import { present } from '../../lib/assert.ts';
import { customOp } from './custom-op.ts';

/**
 * Mean softmax cross-entropy: mean over rows of log(sum_j exp z_j) - z_true.
 *
 * The largest logit of the row is taken off first, so that no exponential overflows. The gradient is the
 * closed form (softmax(z) - oneHot) / N, one pass instead of one for each part.
 *
 * @param logits [N, K]
 * @param oneHot [N, K], 1 at the true class
 * @returns scalar, in nats
 */
export function softmaxCrossEntropy(logits: tf.Tensor2D, oneHot: tf.Tensor2D): tf.Scalar {
  const rows = logits.shape[0];
  return customOp<tf.Scalar>(
    logits,
    (z) => {
      const shifted = tf.sub(z, tf.max(z, 1, true)); // [N,K], largest 0
      const exponentials = tf.exp(shifted); // [N,K]
      const total = tf.sum(exponentials, 1, true); // [N,1]
      const own = tf.sum(tf.mul(shifted, oneHot), 1, true); // [N,1]
      return {
        value: tf.mean(tf.sub(tf.log(total), own)) as tf.Scalar,
        saved: [tf.div(exponentials, total) as tf.Tensor2D, oneHot],
      };
    },
    (dy, [probability, truth]) =>
      tf.mul(
        tf.sub(present(probability, 'the saved softmax'), present(truth, 'the saved classes')),
        tf.div(dy, rows),
      ),
  );
}
