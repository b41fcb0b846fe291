import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Centres } from '../model/head.ts';

/** Everything that learns: a network that gives embeddings, and the class centres. */
export interface Learner {
  readonly network: LayersModel;
  /** [K, D] */
  readonly centres: Centres;
}

/** One weight as the optimiser sees it. */
export interface Parameter {
  readonly variable: tf.Variable;
  /** Weight decay pulls kernels and centres only: never biases, norms or the slopes of PReLU. */
  readonly decay: boolean;
  readonly rateFactor: number;
}

/** The weights that are trained; the centres learn `headRateFactor` times faster. */
export function parameters(learner: Learner, headRateFactor: number): Parameter[] {
  const network = learner.network.trainableWeights.map((weight) => {
    const variable = weight.read();
    if (!(variable instanceof tf.Variable)) throw new Error(`Internal error: ${weight.name} cannot learn`);
    return { variable, decay: weight.originalName.endsWith('kernel'), rateFactor: 1 };
  });
  return [...network, { variable: learner.centres, decay: true, rateFactor: headRateFactor }];
}

/** Frees the network and the centres. */
export function disposeLearner(learner: Learner): void {
  learner.network.dispose();
  learner.centres.dispose();
}
