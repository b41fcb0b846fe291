import * as tf from '@tensorflow/tfjs-core';

/** Share of rows whose largest score is that of the true class: accuracy without any margin. Scalar. */
export function accuracy(scores: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => tf.mean(tf.cast(tf.equal(tf.argMax(scores, 1), labels), 'float32')));
}
