import * as tf from '@tensorflow/tfjs-core';
import { perStep } from '../../../engine/ops/per-step.ts';
import type { Random } from '../../../lib/random.ts';
import { arcFaceOf, type PastPi } from '../arcface/loss.ts';
import { cosineOfAngle, sineOfAngle } from './angle.ts';
import { applyRowMargin, type RowMargin } from './apply-margin.ts';

/**
 * ElasticFace (Boutros et al., arXiv 2109.09416, equations 5 and 6): ArcFace's or CosFace's margin, drawn anew for every
 * row from a normal distribution. Draws below 0, which would reward being off, count as 0.
 *
 * @param form {@link elasticArc} or {@link elasticCos}
 * @param mean of the margin: radians for the one, a difference of cosines for the other
 * @param deviation standard deviation, in the same unit
 * @param cosines [B, K]
 * @param labels [B], int32
 * @returns [B, K]
 */
export function elasticFace(
  form: RowMargin,
  { mean, deviation }: { readonly mean: number; readonly deviation: number },
  random: Random,
  cosines: tf.Tensor2D,
  labels: tf.Tensor1D,
): tf.Tensor2D {
  const rows = cosines.shape[0];
  const draw = (): number => Math.max(0, mean + deviation * random.normal());
  const drawn = perStep([rows, 1], () => Float32Array.from({ length: rows }, draw)) as tf.Tensor2D;
  return applyRowMargin(form, drawn, cosines, labels);
}

/** cos(theta + m) with the m of each row. */
export const elasticArc = (pastPi: PastPi): RowMargin => ({
  at: (m) => arcFaceOf({ m, cos: cosineOfAngle(m), sin: sineOfAngle(m) }, pastPi),
  byRow: null,
});

/** cos(theta) - m with the m of each row. */
export const elasticCos: RowMargin = {
  at: (m) => ({ value: (c) => tf.sub(c, m), derivative: (c) => tf.onesLike(c) }),
  byRow: null,
};
