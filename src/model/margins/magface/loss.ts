import * as tf from '@tensorflow/tfjs-core';
import { angularHead } from '../../heads/angular-head.ts';
import { arcFaceOf, sineOf } from '../arcface/loss.ts';
import type { MarginLoss } from '../margin-loss.ts';
import { cosineOfAngle, SMALLEST_SINE, sineOfAngle } from '../shared/angle.ts';
import { applyRowMargin, type RowMargin } from '../shared/apply-margin.ts';
import type { meta } from './meta.ts';

export interface MagFaceSettings {
  /** Margins in radians at the smallest and at the largest length. */
  readonly lowerMargin: number;
  readonly upperMargin: number;
  /** Lengths of embeddings; others count as the nearer of the two. */
  readonly lowerLength: number;
  readonly upperLength: number;
  /** Weight of the regulariser. */
  readonly lengthWeight: number;
}

/**
 * MagFace (Meng et al., arXiv 2103.06627, equation 3): ArcFace with a margin that grows with the length a of the
 * embedding,
 *
 *   m(a) = lowerMargin + (upperMargin - lowerMargin) (a - lowerLength) / (upperLength - lowerLength),
 *
 * and the regulariser lengthWeight * mean g(a), g(a) = 1 / a + a / upperLength^2, which falls up to upperLength and so
 * draws lengths upwards. The margin, through which lengths are learned too, draws them downwards where a photo is hard:
 * the length comes to tell how good it is.
 *
 * Derivative in m: -sin(theta + m) before theta + m = pi, -sin(m) beyond (see {@link arcFaceOf}).
 *
 * @param lengths [B, 1], of the embeddings, differentiable
 * @param cosines [B, K]
 * @param labels [B], int32
 * @returns margined cosines [B, K], and the regulariser
 */
export function magFace(
  settings: MagFaceSettings,
  lengths: tf.Tensor2D,
  cosines: tf.Tensor2D,
  labels: tf.Tensor1D,
): { readonly cosines: tf.Tensor2D; readonly regulariser: tf.Scalar } {
  const { lowerMargin, upperMargin, lowerLength, upperLength, lengthWeight } = settings;
  // A span of nothing would divide by 0.
  const span = Math.max(upperLength - lowerLength, 1e-3);
  const a = tf.clipByValue(lengths, Math.max(lowerLength, 1e-3), lowerLength + span);
  const m = tf.add(tf.mul(tf.sub(a, lowerLength), (upperMargin - lowerMargin) / span), lowerMargin);
  const g = tf.add(tf.div(1, a), tf.div(a, upperLength ** 2));
  return {
    cosines: applyRowMargin(growing, m as tf.Tensor2D, cosines, labels),
    regulariser: tf.mul(tf.mean(g), lengthWeight) as tf.Scalar,
  };
}

/** ArcFace with the margin of each row, learned through. */
export const growing: RowMargin = {
  at: (m) => arcFaceOf(cosineOfAngle(m), sineOfAngle(m)),
  byRow: (c, m) => {
    const [cosM, sinM] = [cosineOfAngle(m), sineOfAngle(m)];
    const sine = tf.maximum(sineOf(c), SMALLEST_SINE);
    const before = tf.neg(tf.add(tf.mul(sine, cosM), tf.mul(c, sinM))); // -sin(theta + m)
    return tf.where(tf.greater(tf.add(c, cosM), 0), before, tf.neg(sinM));
  },
};

/** Lengths of the rows of embeddings [B, D], differentiable also at 0. [B, 1] */
export const lengthsOf = (embeddings: tf.Tensor2D): tf.Tensor2D =>
  tf.sqrt(tf.add(tf.sum(tf.square(embeddings), 1, true), 1e-12)) as tf.Tensor2D; // as many dimensions

export const loss: MarginLoss<typeof meta> = {
  createHead: (config, context) =>
    angularHead(context, ({ embeddings, cosines, labels, strength }) => {
      const lowerMargin = config.lowerMargin * strength;
      const upperMargin = config.upperMargin * strength;
      return magFace({ ...config, lowerMargin, upperMargin }, lengthsOf(embeddings), cosines, labels);
    }),
};
