import * as tf from '@tensorflow/tfjs-core';

export interface SphereFace2Settings {
  /** m, a difference of cosines after their remapping, 0 to 1. */
  readonly margin: number;
  /** lambda: weight of the question about the own class, 0 to 1. */
  readonly positiveShare: number;
  /** t of the remapping g. */
  readonly power: number;
}

/** g(c) = 2 ((c + 1) / 2)^t - 1: spreads cosines that lie close together; -1 and 1 stay. */
const remap = (c: tf.Tensor, power: number): tf.Tensor =>
  tf.sub(tf.mul(tf.pow(tf.clipByValue(tf.div(tf.add(c, 1), 2), 1e-6, 1), power), 2), 1);

/**
 * SphereFace2 (Wen et al., arXiv 2108.01513, equation 7): not one choice among all classes but for every class the
 * question whether it is this one,
 *
 *   L = lambda / r log(1 + exp(-r (g(cos theta_own) - m) - b))
 *     + (1 - lambda) / r sum over the others of log(1 + exp(r (g(cos theta_j) + m) + b)),
 *
 * mean over rows, in nats over r. b is learned.
 *
 * @param cosines [B, K]
 * @param labels [B], int32
 * @param scale r
 * @param bias b, a scalar
 */
export function sphereFace2(
  { margin, positiveShare, power }: SphereFace2Settings,
  cosines: tf.Tensor2D,
  labels: tf.Tensor1D,
  scale: number,
  bias: tf.Tensor,
): tf.Scalar {
  const own = tf.oneHot(labels, cosines.shape[1], 1, 0, 'float32'); // [B,K]
  // +1 at the own class, -1 at the others.
  const sign = tf.sub(tf.mul(own, 2), 1);
  const logits = tf.add(tf.mul(tf.sub(remap(cosines, power), tf.mul(sign, margin)), scale), bias);
  const weights = tf.add(tf.mul(own, 2 * positiveShare - 1), 1 - positiveShare);
  const losses = tf.mul(weights, tf.softplus(tf.neg(tf.mul(sign, logits))));
  return tf.div(tf.mean(tf.sum(losses, 1)), scale) as tf.Scalar;
}

/**
 * The bias at which the loss is smallest while all cosines are 0: without it, the many questions about other classes
 * would drown the one about the own at first.
 *
 * @param classes K
 * @param scale r
 */
export function startingBias(
  { margin, positiveShare, power }: SphereFace2Settings,
  classes: number,
  scale: number,
): number {
  const start = 2 * 0.5 ** power - 1;
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  /** Derivative of the loss in b: rises with b. */
  const slope = (b: number): number =>
    (1 - positiveShare) * (classes - 1) * sigmoid(scale * (start + margin) + b) -
    positiveShare * sigmoid(-scale * (start - margin) - b);
  let [low, high] = [-1000, 1000];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (slope(middle) > 0) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
