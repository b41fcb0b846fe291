import * as tf from '@tensorflow/tfjs-core';
import type { MarginLoss } from '../margin-loss.ts';
import type { Margin } from '../shared/apply-margin.ts';
import { targetHead } from '../shared/target-head.ts';
import type { meta } from './meta.ts';

/**
 * Additive cosine margin (CosFace, Wang et al., arXiv 1801.09414, equation 4; also AM-Softmax, arXiv 1801.05599):
 * cos(theta) -> cos(theta) - m3, derivative 1.
 *
 * @param m3 margin as a difference of cosines, no angle: 0 <= m3 <= 1
 */
export function cosFace(m3: number): Margin {
  return {
    value: (c) => tf.sub(c, m3),
    derivative: (c) => tf.onesLike(c),
    form: { threshold: 2, cos: 1, sin: 0, offset: -m3, exact: true }, // no cosine is above the threshold
  };
}

export const loss: MarginLoss<typeof meta> = {
  createHead: (config, context) => targetHead(context, (strength) => cosFace(config.m3 * strength)),
};
