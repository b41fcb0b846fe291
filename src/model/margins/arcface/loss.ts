import * as tf from '@tensorflow/tfjs-core';
import { type Radians, radians } from '../../../lib/brand.ts';
import type { ConfigOf } from '../describe.ts';
import type { MarginLoss } from '../margin-loss.ts';
import { SMALLEST_SINE } from '../shared/angle.ts';
import type { Margin } from '../shared/apply-margin.ts';
import { targetHead } from '../shared/target-head.ts';
import type { meta } from './meta.ts';

/**
 * Additive angular margin (ArcFace, Deng et al., arXiv 1801.07698, equation 3): cos(theta) -> cos(theta + m).
 *
 * No angle is ever computed: with c = cos(theta) and s = sqrt(1 - c^2), s >= 0 on [0, pi],
 *
 *   cos(theta + m) = c cos(m) - s sin(m),   derivative in c: cos(m) + sin(m) c / s.
 *
 * Past theta = pi - m the cosine of theta + m would rise again and reward being wrong. From there on the value is, by
 * choice,
 *
 *   continued   c + cos(m) - 1, which meets -1 at theta = pi - m and keeps falling to cos(m) - 2 at theta = pi
 *   dropped     c - m sin(m): falls too, after a jump down by m sin(m) + cos(m) - 1; earlier arcface_torch, CurricularFace
 *   cosine      cos(theta + m), which rises; arcface_torch since then, sub-center ArcFace, ElasticFace
 *
 * with derivative 1 as without a margin, or that of the cosine.
 *
 * @param m margin in radians, 0 <= m < pi/2
 */
export function arcFace(m: Radians, pastPi: PastPi = 'continued'): Margin {
  return arcFaceOf({ m, cos: Math.cos(m), sin: Math.sin(m) }, pastPi);
}

/** What becomes of cosines past theta = pi - m, see {@link arcFace}. */
export type PastPi = ConfigOf<typeof meta>['pastPi'];

/** A margin in radians with its cosine and sine: numbers, or one for each row, [B, 1]. */
export interface MarginAngle {
  readonly m: number | tf.Tensor;
  readonly cos: number | tf.Tensor;
  readonly sin: number | tf.Tensor;
}

/** As {@link arcFace}. */
export function arcFaceOf({ m, cos, sin }: MarginAngle, pastPi: PastPi): Margin {
  const turned: Margin = {
    value: (c) => tf.sub(tf.mul(c, cos), tf.mul(sineOf(c), sin)),
    derivative: (c) => tf.add(tf.mul(tf.div(c, tf.maximum(sineOf(c), SMALLEST_SINE)), sin), cos),
  };
  const numbers = typeof m === 'number' && typeof cos === 'number' && typeof sin === 'number';
  const form = numbers ? { cos, sin, exact: true } : null;
  // Below every cosine, overshoots by rounding included.
  if (pastPi === 'cosine') return { ...turned, form: form && { ...form, threshold: -2, offset: 0 } };
  const before = (c: tf.Tensor): tf.Tensor => tf.greater(tf.add(c, cos), 0); // c > cos(pi - m)
  const past = (c: tf.Tensor): tf.Tensor =>
    pastPi === 'dropped' ? tf.sub(c, tf.mul(m, sin)) : tf.sub(tf.add(c, cos), 1);
  return {
    value: (c) => tf.where(before(c), turned.value(c), past(c)),
    derivative: (c) => tf.where(before(c), turned.derivative(c), tf.onesLike(c)),
    form: form && {
      ...form,
      threshold: -form.cos,
      offset: pastPi === 'dropped' && typeof m === 'number' ? -m * form.sin : form.cos - 1,
    },
  };
}

/** sin(theta) of a cosine that may overshoot [-1, 1] by rounding. */
export const sineOf = (c: tf.Tensor): tf.Tensor => tf.sqrt(tf.maximum(tf.sub(1, tf.square(c)), 0));

/**
 * The "easy margin" of ArcFace's program (insightface): a margin only where the angle is under 90 degrees; beyond, the
 * plain cosine. Values jump down at 90 degrees by what the margin is there, so that the way in costs once.
 */
export function easy(margin: Margin): Margin {
  const inside = (c: tf.Tensor): tf.Tensor => tf.greater(c, 0);
  return {
    value: (c) => tf.where(inside(c), margin.value(c), c),
    derivative: (c) => tf.where(inside(c), margin.derivative(c), tf.onesLike(c)),
    // Margins of less than 90 degrees begin to be continued beyond it.
    form: margin.form ? { ...margin.form, threshold: 0, offset: 0 } : null,
  };
}

/**
 * The same values with derivative 1: as if the difference that the margin makes were a constant. What programs do that
 * compute the margined cosine outside of differentiation (insightface's arcface_torch).
 */
export function straightThrough(margin: Margin): Margin {
  const form = margin.form ? { ...margin.form, exact: false } : null;
  return { value: margin.value, derivative: (c) => tf.onesLike(c), form };
}

/** The margin with the gradient that the settings ask for. */
export const withGradient = (margin: Margin, gradient: 'exact' | 'straight-through'): Margin =>
  gradient === 'exact' ? margin : straightThrough(margin);

export const loss: MarginLoss<typeof meta> = {
  createHead: (config, context) =>
    targetHead(context, (strength) => {
      const plain = arcFace(radians(config.m * strength), config.pastPi);
      return withGradient(config.easy ? easy(plain) : plain, config.gradient);
    }),
};
