import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from '../arcface/loss.ts';
import type { MarginLoss } from '../margin-loss.ts';
import { alternating, angleOf, cosineOfAngle, safeSine, sineOfAngle } from '../shared/angle.ts';
import type { Margin } from '../shared/apply-margin.ts';
import { targetHead } from '../shared/target-head.ts';
import type { meta } from './meta.ts';

/**
 * Multiplicative angular margin (SphereFace, or A-Softmax, Liu et al., arXiv 1704.08063, equation 7):
 *
 *   cos(theta) -> psi(theta) = (-1)^k cos(m1 theta) - 2 k,  k = floor(m1 theta / pi),
 *
 * which falls from 1 at theta = 0 to 1 - 2 m1 at theta = pi (for whole m1) without ever rising. Derivative in
 * cos(theta): (-1)^k m1 sin(m1 theta) / sin(theta), never negative.
 *
 * @param m1 factor of the angle, a plain number, 1 <= m1 <= 4; 1 is no margin
 */
export function sphereFace(m1: number): Margin {
  /** How often m1 theta has passed pi, and (-1)^k. */
  const folds = (theta: tf.Tensor): { readonly k: tf.Tensor; readonly sign: tf.Tensor } => {
    const k = tf.floor(tf.mul(theta, m1 / Math.PI));
    return { k, sign: alternating(k) };
  };
  return {
    value: (c) => {
      const theta = angleOf(c);
      const { k, sign } = folds(theta);
      return tf.sub(tf.mul(sign, cosineOfAngle(tf.mul(theta, m1))), tf.mul(2, k));
    },
    derivative: (c) => {
      const theta = angleOf(c);
      const slope = tf.div(tf.mul(sineOfAngle(tf.mul(theta, m1)), m1), safeSine(theta));
      return tf.mul(folds(theta).sign, slope);
    },
  };
}

export const loss: MarginLoss<typeof meta> = {
  createHead: (config, context) =>
    targetHead(context, (strength) =>
      withGradient(sphereFace(1 + (config.m1 - 1) * strength), config.gradient),
    ),
};
