import * as tf from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '../engine/ops/softmax-cross-entropy.ts';
import { applyMargin, type Margin } from './margins/margin.ts';

/**
 * Loss of a batch from its plain cosines: margin on the true class, times the scale, softmax cross-entropy.
 *
 * @param cosines [B, K]
 * @param oneHot [B, K]
 * @param scale logits are scale * cosine
 * @returns scalar, in nats
 */
export function marginLoss(
  margin: Margin,
  cosines: tf.Tensor2D,
  oneHot: tf.Tensor2D,
  scale: number,
): tf.Scalar {
  const logits = tf.mul(applyMargin(margin, cosines, oneHot), scale); // [B,K]
  return softmaxCrossEntropy(logits as tf.Tensor2D, oneHot);
}

/** Share of rows whose largest cosine is that of the true class: accuracy without any margin. Scalar. */
export function accuracy(cosines: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() => tf.mean(tf.cast(tf.equal(tf.argMax(cosines, 1), labels), 'float32')));
}
