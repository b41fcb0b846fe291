import * as tf from '@tensorflow/tfjs-core';
import { customOpOf } from '../../../engine/ops/custom-op.ts';
import { cosines as cosinesTo } from '../../heads/centres.ts';
import type { MarginLoss } from '../margin-loss.ts';
import type { meta } from './meta.ts';

export interface SphereFace2Settings {
  /** m, a difference of cosines after their remapping, 0 to 1. */
  readonly margin: number;
  /** lambda: weight of the target class, 0 to 1. */
  readonly positiveShare: number;
  /** t of the remapping g. */
  readonly power: number;
  /** Factor of the loss. */
  readonly lossWeight: number;
  /** Whether the gradient has the slope of the remapping, or 1 in its place. */
  readonly gradient: 'exact' | 'straight-through';
}

/** g(c) = 2 ((c + 1) / 2)^t - 1: spreads cosines that lie close together; -1 and 1 stay. */
const remap = (c: tf.Tensor, power: number): tf.Tensor =>
  tf.sub(tf.mul(tf.pow(tf.clipByValue(tf.div(tf.add(c, 1), 2), 1e-6, 1), power), 2), 1);

/** The values of {@link remap} with slope 1. */
const remapStraight = (c: tf.Tensor2D, power: number): tf.Tensor =>
  customOpOf<tf.Tensor2D>(
    [c],
    () => ({ value: remap(c, power) as tf.Tensor2D, saved: [] }),
    (dy) => [dy],
  );

/**
 * SphereFace2 (Wen et al., arXiv 2108.01513, equation 7): not one softmax over all classes but a binary classification
 * for each, with the logits
 *
 *   z_target = r (g(cos theta_target) - m) + b,   z_j = r (g(cos theta_j) + m) + b.
 *
 * @param cosines [B, K]
 * @param sign [B, K], +1 at the target class, -1 at the others; null for no margin
 * @param scale r
 * @param bias b, a scalar, trained
 * @returns [B, K]
 */
function binaryLogits(
  { margin, power, gradient }: SphereFace2Settings,
  cosines: tf.Tensor2D,
  sign: tf.Tensor | null,
  scale: number,
  bias: tf.Tensor,
): tf.Tensor2D {
  const similarity = gradient === 'exact' ? remap(cosines, power) : remapStraight(cosines, power);
  const margined = sign ? tf.sub(similarity, tf.mul(sign, margin)) : similarity;
  return tf.add(tf.mul(margined, scale), bias);
}

/**
 * The loss of these logits: L = lambda / r log(1 + exp(-z_target)) + (1 - lambda) / r sum_j log(1 + exp(z_j)), mean over
 * rows, in nats over r, times its weight.
 */
function binaryCrossEntropy(
  { positiveShare, lossWeight }: Pick<SphereFace2Settings, 'positiveShare' | 'lossWeight'>,
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  scale: number,
): tf.Scalar {
  const target = oneHot(labels, logits.shape[1]); // [B,K]
  const weights = tf.add(tf.mul(target, 2 * positiveShare - 1), 1 - positiveShare);
  const losses = tf.mul(weights, tf.softplus(tf.neg(tf.mul(signOf(target), logits))));
  return tf.mul(tf.mean(tf.sum(losses, 1)), lossWeight / scale) as tf.Scalar;
}

const oneHot = (labels: tf.Tensor1D, classes: number): tf.Tensor =>
  tf.oneHot(labels, classes, 1, 0, 'float32');
const signOf = (target: tf.Tensor): tf.Tensor => tf.sub(tf.mul(target, 2), 1);

/** Logits with the margin and their loss, see {@link binaryLogits} and {@link binaryCrossEntropy}. */
export function sphereFace2(
  settings: SphereFace2Settings,
  cosines: tf.Tensor2D,
  labels: tf.Tensor1D,
  scale: number,
  bias: tf.Tensor,
): tf.Scalar {
  const sign = signOf(oneHot(labels, cosines.shape[1]));
  const logits = binaryLogits(settings, cosines, sign, scale, bias);
  return binaryCrossEntropy(settings, logits, labels, scale);
}

/**
 * The bias at which the loss is smallest while all cosines are 0 (arXiv 2108.01513, section 3.3): without it, the many
 * negative classes would outweigh the target class at first.
 *
 * @param classes K
 * @param scale r
 */
export function startingBias(
  { margin, positiveShare, power }: Pick<SphereFace2Settings, 'margin' | 'positiveShare' | 'power'>,
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

/** Has no label smoothing. */
export const loss: MarginLoss<typeof meta> = {
  createHead: (config, { centres, scale: firstScale, strength: firstStrength, variable }) => {
    const first = { ...config, margin: config.m3 * firstStrength };
    const start = startingBias(first, centres.shape[0], firstScale);
    const bias = variable('bias', () => tf.scalar(start), true);
    const cosines = (embeddings: tf.Tensor2D): tf.Tensor2D => cosinesTo(embeddings, centres);
    return {
      weights: [
        { name: 'centres', variable: centres, decay: true },
        { name: 'bias', variable: bias, decay: false },
      ],
      statistics: [],
      logits(embeddings, labels, { strength, scale }) {
        const scores = cosines(embeddings); // [B,K]
        const settings = { ...config, margin: config.m3 * strength };
        const sign = labels && signOf(oneHot(labels, scores.shape[1]));
        return {
          logits: binaryLogits(settings, scores, sign, scale, bias),
          scores,
          regulariser: null,
        };
      },
      crossEntropy: (logits, labels, { scale }) => binaryCrossEntropy(config, logits, labels, scale),
      cosines,
    };
  },
};
