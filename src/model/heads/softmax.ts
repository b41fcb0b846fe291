import * as tf from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '../../engine/ops/softmax-cross-entropy.ts';
import { type Centres, cosines } from './centres.ts';
import type { Head, HeadLoss, HeadWeight, LossSettings } from './head.ts';

/**
 * Plain softmax: logits = embedding . weight + bias, as an ordinary classifier ends; lengths count and angles are only
 * what comes of it. For comparison (Deng et al., arXiv 1801.07698, equation 1).
 */
export class SoftmaxHead implements Head {
  readonly weights: readonly HeadWeight[];
  readonly statistics = [];
  private readonly centres: Centres;
  private readonly bias: tf.Variable;

  /** @param centres [K, D], whose rows are the weights of the classes */
  constructor(centres: Centres) {
    this.centres = centres;
    this.bias = tf.tidy(() => tf.variable(tf.zeros([centres.shape[0]])));
    this.weights = [
      { name: 'centres', variable: centres, decay: true },
      { name: 'bias', variable: this.bias, decay: false },
    ];
  }

  loss(embeddings: tf.Tensor2D, labels: tf.Tensor1D, { smoothing }: LossSettings): HeadLoss {
    const scores: tf.Tensor2D = tf.add(tf.matMul(embeddings, this.centres, false, true), this.bias); // [B,K]
    return { loss: softmaxCrossEntropy(scores, labels, smoothing), scores };
  }

  cosines(embeddings: tf.Tensor2D): tf.Tensor2D {
    return cosines(embeddings, this.centres);
  }
}
