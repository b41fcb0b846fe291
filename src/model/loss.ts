import * as tf from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '../engine/ops/softmax-cross-entropy.ts';
import { applyMargin, type Margin } from './margins/margin.ts';

/**
 * Loss of a batch from its plain cosines: margin on the true class, times the scale, softmax cross-entropy.
 *
 * @param cosines [B, K]
 * @param labels [B], the true class of each row, int32
 * @param scale logits are scale * cosine
 * @returns scalar, in nats
 */
export function marginLoss(
  margin: Margin,
  cosines: tf.Tensor2D,
  labels: tf.Tensor1D,
  scale: number,
): tf.Scalar {
  const logits = tf.mul(applyMargin(margin, cosines, labels), scale); // [B,K]
  return softmaxCrossEntropy(logits as tf.Tensor2D, labels);
}

/** Share of rows whose largest cosine is that of the true class: accuracy without any margin. Scalar. */
export function accuracy(cosines: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => tf.mean(tf.cast(tf.equal(tf.argMax(cosines, 1), labels), 'float32')));
}
