import * as tf from '@tensorflow/tfjs-core';
import type { Margin } from './margin.ts';

/** No margin: normalised softmax (Wang et al., arXiv 1704.06369). */
export const noMargin: Margin = { value: (c) => c.clone(), derivative: (c) => tf.onesLike(c) };
