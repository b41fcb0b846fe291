import * as tf from '@tensorflow/tfjs-core';
import { angularHead } from '../../heads/angular-head.ts';
import { arcFaceOf, easy as easyOf, type PastPi, sineOf } from '../arcface/loss.ts';
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
  /** The margin only below 90 degrees. */
  readonly easy: boolean;
  readonly pastPi: PastPi;
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
 * Derivative in m: -sin(theta + m) before theta + m = pi; beyond, -sin(m) where the value is continued, and
 * -sin(m) - m cos(m) where it is dropped (see {@link arcFaceOf}).
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
    cosines: applyRowMargin(growing(settings), m as tf.Tensor2D, cosines, labels),
    regulariser: tf.mul(tf.mean(g), lengthWeight) as tf.Scalar,
  };
}

/** ArcFace with the margin of each row, learned through. */
const growing = ({ easy, pastPi }: Pick<MagFaceSettings, 'easy' | 'pastPi'>): RowMargin => ({
  at: (m) => {
    const margin = arcFaceOf({ m, cos: cosineOfAngle(m), sin: sineOfAngle(m) }, pastPi);
    return easy ? easyOf(margin) : margin;
  },
  byRow: (c, m) => {
    const [cosM, sinM] = [cosineOfAngle(m), sineOfAngle(m)];
    const sine = tf.maximum(sineOf(c), SMALLEST_SINE);
    const turned = tf.neg(tf.add(tf.mul(sine, cosM), tf.mul(c, sinM))); // -sin(theta + m)
    if (easy) return tf.where(tf.greater(c, 0), turned, tf.zerosLike(c));
    if (pastPi === 'cosine') return turned;
    const past = pastPi === 'dropped' ? tf.neg(tf.add(sinM, tf.mul(m, cosM))) : tf.neg(sinM);
    return tf.where(tf.greater(tf.add(c, cosM), 0), turned, past);
  },
});

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
