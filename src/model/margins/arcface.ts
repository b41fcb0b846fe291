import * as tf from '@tensorflow/tfjs-core';
import type { Radians } from '../../lib/brand.ts';
import { SMALLEST_SINE } from './angle.ts';
import type { Margin } from './margin.ts';

/**
 * Additive angular margin (ArcFace, Deng et al., arXiv 1801.07698, equation 3): cos(theta) -> cos(theta + m).
 *
 * No angle is ever computed: with c = cos(theta) and s = sqrt(1 - c^2), s >= 0 on [0, pi],
 *
 *   cos(theta + m) = c cos(m) - s sin(m),   derivative in c: cos(m) + sin(m) c / s.
 *
 * Past theta = pi - m the cosine of theta + m would rise again and reward being wrong. From there on the value
 * continues as c + cos(m) - 1, which meets -1 at theta = pi - m and keeps falling to cos(m) - 2 at theta = pi,
 * with derivative 1 as without a margin.
 *
 * @param m margin in radians, 0 <= m < pi/2
 */
export function arcFace(m: Radians): Margin {
  const cosM = Math.cos(m);
  const sinM = Math.sin(m);
  const turn = -cosM; // cos(pi - m)
  const sine = (c: tf.Tensor): tf.Tensor => tf.sqrt(tf.maximum(tf.sub(1, tf.square(c)), 0));
  return {
    value: (c) =>
      tf.where(tf.greater(c, turn), tf.sub(tf.mul(c, cosM), tf.mul(sine(c), sinM)), tf.add(c, cosM - 1)),
    derivative: (c) =>
      tf.where(
        tf.greater(c, turn),
        tf.add(tf.mul(tf.div(c, tf.maximum(sine(c), SMALLEST_SINE)), sinM), cosM),
        tf.onesLike(c),
      ),
  };
}
