import * as tf from '@tensorflow/tfjs-core';
import { angularHead } from '../../heads/angular-head.ts';
import type { MarginLoss } from '../margin-loss.ts';
import type { Margin } from '../shared/apply-margin.ts';
import type { meta } from './meta.ts';

/** No margin: normalised softmax (Wang et al., arXiv 1704.06369). */
export const noMargin: Margin = { value: (c) => c.clone(), derivative: (c) => tf.onesLike(c) };

export const loss: MarginLoss<typeof meta> = {
  createHead: (_, context) => angularHead(context, ({ cosines }) => ({ cosines })),
};
