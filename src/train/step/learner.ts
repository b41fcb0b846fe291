import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TrainingConfig } from '../../config/training-config.ts';
import { present } from '../../lib/assert.ts';
import { disposeHead, type HeadWithBank } from '../../model/heads/index.ts';
import { stagesFromEnd } from './stages.ts';

/** Everything that learns: a network that gives embeddings, and the head on it. */
export interface Learner extends HeadWithBank {
  readonly network: LayersModel;
}

/** One weight as the optimiser sees it. */
export interface Parameter {
  readonly variable: tf.Variable;
  /** Weight decay pulls kernels and centres only: never biases, norms or the slopes of PReLU. */
  readonly decay: boolean;
  readonly rateFactor: number;
}

/**
 * The weights that are trained. The head learns `headRateFactor` times faster than the end of the network, each stage
 * of the network `stageRateFactor` times as fast as the one behind it (Howard & Ruder, arXiv 1801.06146, section 3.2).
 */
export function parameters(
  { network, head }: Learner,
  { headRateFactor, stageRateFactor }: Pick<TrainingConfig, 'headRateFactor' | 'stageRateFactor'>,
): Parameter[] {
  const stages = stagesFromEnd(network);
  const layers = network.layers.flatMap((layer) =>
    layer.trainableWeights.map((weight): Parameter => {
      const variable = weight.read();
      if (!(variable instanceof tf.Variable)) throw new Error(`Internal error: ${weight.name} cannot learn`);
      const stage = present(stages.get(layer.name), 'the stage of a layer');
      return {
        variable,
        decay: weight.originalName.endsWith('kernel'),
        rateFactor: stageRateFactor ** stage,
      };
    }),
  );
  const own = head.weights.map(({ variable, decay }) => ({ variable, decay, rateFactor: headRateFactor }));
  return [...layers, ...own];
}

/** Cosine of each embedding [N, D] to every class, [N, K]. */
export const cosinesToAll = ({ head, bank }: Learner, embeddings: tf.Tensor2D): tf.Tensor2D =>
  bank ? bank.cosines(embeddings) : head.cosines(embeddings);

/** Frees the network and the head. */
export function disposeLearner({ network, head }: Learner): void {
  network.dispose();
  disposeHead(head);
}
