import * as tf from '@tensorflow/tfjs-core';
import type { MarginConfig } from '../../config/training-config.ts';
import { sphereFace2, startingBias } from '../margins/sphereface2.ts';
import { type Centres, cosines } from './centres.ts';
import type { Head, HeadLoss, HeadWeight, LossSettings } from './head.ts';

/** One question for each class instead of one choice among all: see {@link sphereFace2}. Has no label smoothing. */
export class SphereFace2Head implements Head {
  readonly weights: readonly HeadWeight[];
  readonly statistics = [];
  private readonly config: Extract<MarginConfig, { kind: 'sphereface2' }>;
  private readonly centres: Centres;
  private readonly bias: tf.Variable;

  /**
   * @param centres [K, D]
   * @param scale with which training begins: the first bias depends on it
   */
  constructor(config: Extract<MarginConfig, { kind: 'sphereface2' }>, centres: Centres, scale: number) {
    this.config = config;
    this.centres = centres;
    const start = startingBias({ ...config, margin: 0 }, centres.shape[0], scale);
    this.bias = tf.tidy(() => tf.variable(tf.scalar(start)));
    this.weights = [
      { name: 'centres', variable: centres, decay: true },
      { name: 'bias', variable: this.bias, decay: false },
    ];
  }

  loss(embeddings: tf.Tensor2D, labels: tf.Tensor1D, { strength, scale }: LossSettings): HeadLoss {
    const scores = this.cosines(embeddings); // [B,K]
    const settings = { ...this.config, margin: this.config.m3 * strength };
    return { loss: sphereFace2(settings, scores, labels, scale, this.bias), scores };
  }

  cosines(embeddings: tf.Tensor2D): tf.Tensor2D {
    return cosines(embeddings, this.centres);
  }
}
