import * as tf from '@tensorflow/tfjs-core';
import type { Margin } from './margin.ts';

/**
 * Additive cosine margin (CosFace, Wang et al., arXiv 1801.09414, equation 4; also AM-Softmax, arXiv 1801.05599):
 * cos(theta) -> cos(theta) - m3, derivative 1.
 *
 * @param m3 margin as a difference of cosines, no angle: 0 <= m3 <= 1
 */
export function cosFace(m3: number): Margin {
  return { value: (c) => tf.sub(c, m3), derivative: (c) => tf.onesLike(c) };
}
