import * as tf from '@tensorflow/tfjs-core';
import { cosines } from '../../heads/centres.ts';
import { softmaxLoss } from '../../heads/head.ts';
import type { MarginLoss } from '../margin-loss.ts';
import type { meta } from './meta.ts';

/**
 * Plain softmax: logits = embedding . weight + bias, as an ordinary classifier ends; embedding norms count, and angles
 * are a by-product. The rows of the centres are the weights of the classes. For comparison (Deng et al., arXiv
 * 1801.07698, equation 1).
 */
export const loss: MarginLoss<typeof meta> = {
  createHead: (_, { centres, variable }) => {
    const bias = variable('bias', () => tf.zeros([centres.shape[0]]), true);
    return {
      weights: [
        { name: 'centres', variable: centres, decay: true },
        { name: 'bias', variable: bias, decay: false },
      ],
      statistics: [],
      logits(embeddings) {
        const logits: tf.Tensor2D = tf.add(tf.matMul(embeddings, centres, false, true), bias); // [B,K]
        return { logits, scores: logits, regulariser: null };
      },
      crossEntropy: softmaxLoss,
      cosines: (embeddings) => cosines(embeddings, centres),
    };
  },
};
