import * as tf from '@tensorflow/tfjs-core';
import { type Radians, radians } from '../../../lib/brand.ts';
import { withGradient } from '../arcface/loss.ts';
import type { MarginLoss } from '../margin-loss.ts';
import { angleOf, cosineOfAngle, safeSine, sineOfAngle } from '../shared/angle.ts';
import type { Margin } from '../shared/apply-margin.ts';
import { targetHead } from '../shared/target-head.ts';
import type { meta } from './meta.ts';

export interface CombinedMargin {
  /** Factor of the angle: a plain number, 1 to 4. */
  readonly m1: number;
  /** Added to the angle, in radians, 0 <= m2 < pi/2. */
  readonly m2: Radians;
  /** Taken off the cosine: a difference of cosines, 0 to 1. */
  readonly m3: number;
}

/**
 * The three margins in one (Deng et al., arXiv 1801.07698, equation 4): cos(theta) -> cos(m1 theta + m2) - m3.
 * Derivative in cos(theta): m1 sin(m1 theta + m2) / sin(theta).
 *
 * Past m1 theta + m2 = pi the cosine would rise again and reward being wrong. From that angle on the value continues
 * as c - c_turn - 1 - m3, c_turn = cos((pi - m2) / m1), which meets it there and keeps falling with derivative 1.
 */
export function combined({ m1, m2, m3 }: CombinedMargin): Margin {
  const turn = Math.cos((Math.PI - m2) / m1);
  const widened = (c: tf.Tensor): tf.Tensor => tf.add(tf.mul(angleOf(c), m1), m2);
  // Where the turn lies behind pi, no cosine is past it; rounding must not make theta = pi so.
  const before = (c: tf.Tensor): tf.Tensor => tf.greater(c, m1 + m2 / Math.PI <= 1 ? -2 : turn);
  return {
    value: (c) => tf.where(before(c), tf.sub(cosineOfAngle(widened(c)), m3), tf.sub(c, turn + 1 + m3)),
    derivative: (c) => {
      const slope = tf.div(tf.mul(sineOfAngle(widened(c)), m1), safeSine(angleOf(c)));
      return tf.where(before(c), slope, tf.onesLike(c));
    },
  };
}

export const loss: MarginLoss<typeof meta> = {
  createHead: (config, context) =>
    targetHead(context, (strength) => {
      const m1 = 1 + (config.m1 - 1) * strength;
      const margin = combined({ m1, m2: radians(config.m2 * strength), m3: config.m3 * strength });
      return withGradient(margin, config.gradient);
    }),
};
