import * as tf from '@tensorflow/tfjs-core';
import { angularHead } from '../../heads/angular-head.ts';
import type { MarginLoss } from '../margin-loss.ts';
import { angleOf, cosineOfAngle, safeSine, sineOfAngle } from '../shared/angle.ts';
import { applyRowMargin, type RowMargin } from '../shared/apply-margin.ts';
import type { meta } from './meta.ts';

/** Weight of a batch in the running statistics of embedding norms (the paper's section 3.2 keeps 0.99 of the old). */
const RATE = 0.01;
/** Lengths outside count as these, so that a single one cannot spoil the statistics. */
const LENGTHS = [0.001, 100] as const;
const SMALLEST_DEVIATION = 1e-3;

/**
 * Running mean and standard deviation of the lengths of embeddings, AdaFace's measure of a photo's quality. They follow
 * the training, are not trained, and start at the first batch or where {@link firstValues} says.
 */
export class NormStatistics {
  /** [3]: mean, deviation, and 1 once there was a batch. */
  readonly values: tf.Variable;

  /** @param values see {@link firstValues} */
  constructor(values: tf.Variable) {
    this.values = values;
  }

  /** Moves the statistics towards those of a batch of norms [B, 1]. */
  update(lengths: tf.Tensor2D): void {
    tf.tidy(() => {
      const { mean, variance } = tf.moments(lengths);
      // The deviation of a sample: divided by one less than the count.
      const count = lengths.size;
      const deviation = tf.sqrt(tf.mul(variance, count / Math.max(1, count - 1)));
      const batch = tf.concat([tf.reshape(mean, [1]), tf.reshape(deviation, [1]), tf.tensor1d([1])]);
      const started = tf.slice(this.values, 2, 1);
      // The first batch replaces zeros.
      const rate = tf.sub(1, tf.mul(started, 1 - RATE));
      this.values.assign(tf.add(this.values, tf.mul(tf.sub(batch, this.values), rate)));
    });
  }

  /** (length - mean) / (deviation / h), cut at -1 and 1: the quality, [B, 1]. */
  quality(lengths: tf.Tensor2D, h: number): tf.Tensor2D {
    return tf.tidy(() => {
      const mean = tf.slice(this.values, 0, 1);
      const deviation = tf.maximum(tf.slice(this.values, 1, 1), SMALLEST_DEVIATION);
      return tf.clipByValue(tf.mul(tf.div(tf.sub(lengths, mean), deviation), h), -1, 1) as tf.Tensor2D;
    });
  }
}

/** Nothing yet: the first batch sets the statistics; or mean 20 and deviation 100, from where they follow slowly. [3] */
export const firstValues = (start: 'batch' | 'fixed'): tf.Tensor1D =>
  tf.tensor1d(start === 'batch' ? [0, 0, 0] : [20, 100, 1]);

/**
 * AdaFace (Kim et al., arXiv 2204.00964, equations 6 to 8): with the quality q of a row, from -1 to 1,
 *
 *   cos(theta) -> cos(theta + g_angle) - g_add,   g_angle = -m q,   g_add = m q + m.
 *
 * Photos of high quality get a CosFace margin of 2 m, which weighs hard ones most; of low quality, an ArcFace margin,
 * which weighs easy ones most. The angle theta + g_angle is kept within 0 and pi; beyond 0 the value stays where it
 * is, beyond pi it continues in a straight line with slope 1 so that it keeps falling.
 *
 * No gradient flows through the norms.
 *
 * @param m in radians for g_angle, and as a difference of cosines for g_add
 * @param quality [B, 1], from {@link NormStatistics}
 * @param cosines [B, K]
 * @param labels [B], int32
 * @returns [B, K]
 */
export function adaFace(
  m: number,
  quality: tf.Tensor2D,
  cosines: tf.Tensor2D,
  labels: tf.Tensor1D,
): tf.Tensor2D {
  return applyRowMargin(adaptive(m), quality, cosines, labels);
}

/** The margin of {@link adaFace} as a function of the quality. */
export function adaptive(m: number): RowMargin {
  return {
    at: (q) => {
      const moved = (c: tf.Tensor): tf.Tensor => tf.sub(angleOf(c), tf.mul(q, m));
      const past = (c: tf.Tensor): tf.Tensor => tf.greater(moved(c), Math.PI);
      // Where moved = pi: the cosine of theta = pi + m q.
      const turn = tf.neg(cosineOfAngle(tf.mul(q, m)));
      const added = tf.mul(tf.add(q, 1), m);
      return {
        value: (c) => {
          const inside = cosineOfAngle(tf.clipByValue(moved(c), 0, Math.PI));
          return tf.sub(tf.where(past(c), tf.sub(tf.sub(c, turn), 1), inside), added);
        },
        derivative: (c) => {
          const angle = moved(c);
          const slope = tf.div(sineOfAngle(tf.maximum(angle, 0)), safeSine(angleOf(c)));
          return tf.where(past(c), tf.onesLike(c), slope);
        },
      };
    },
    byRow: null,
  };
}

/** Lengths of the rows of embeddings [B, D], as constants, within what is plausible. [B, 1] */
export const plausibleNorms = (embeddings: tf.Tensor2D): tf.Tensor2D =>
  tf.tidy(() => tf.clipByValue(tf.norm(embeddings, 2, 1, true), ...LENGTHS) as tf.Tensor2D);

export const loss: MarginLoss<typeof meta> = {
  createHead: ({ m, h, firstStatistics }, context) => {
    const first = (): tf.Tensor => firstValues(firstStatistics);
    const statistics = new NormStatistics(context.variable('norm_statistics', first, false));
    return angularHead(
      context,
      ({ embeddings, cosines, labels, strength }) => {
        const norms = plausibleNorms(embeddings);
        statistics.update(norms);
        return { cosines: adaFace(m * strength, statistics.quality(norms, h), cosines, labels) };
      },
      { statistics: [statistics.values] },
    );
  },
};
