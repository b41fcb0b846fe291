import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TrainingConfig } from '../../config/training-config.ts';
import { present } from '../../lib/assert.ts';
import type { Random } from '../../lib/random.ts';
import { createHead, disposeHead, type HeadWithBank } from '../../model/heads/create-head.ts';
import { stagesFromEnd } from './stages.ts';

/** Everything that is trained: a network that gives embeddings, and the head on it. */
export interface Learner extends HeadWithBank {
  readonly network: LayersModel;
  /** Logits are scale * cosine. */
  readonly scale: number;
}

export interface LearnerStart {
  /** First class centres, [K, D] row by row; only their directions matter. */
  readonly centres: Float32Array;
  /** Logits are scale * cosine; ArcFace's paper has 64 for 85,000 classes, fewer classes need less. */
  readonly scale: number;
  /** For margins that are drawn, sub-centres, and Partial FC. */
  readonly random: Random;
  /** Classes that a step compares with (Partial FC, arXiv 2203.15565); all if not given. */
  readonly sampledClasses?: number;
}

/**
 * A network with the head of a margin on it. Freed by {@link disposeLearner}.
 *
 * @param network [B, ...] -> [B, D]; the learner takes it over
 */
export function createLearner(
  network: LayersModel,
  { margin }: Pick<TrainingConfig, 'margin'>,
  { centres, scale, random, sampledClasses = Number.POSITIVE_INFINITY }: LearnerStart,
): Learner {
  const dimension = embeddingSizeOf(network);
  const head = createHead(margin, { centres, dimension, scale, sampledClasses }, random.fork('head'));
  return { network, scale, ...head };
}

/** D, the size of the embeddings that a network gives. */
export const embeddingSizeOf = (network: LayersModel): number =>
  present(network.outputs[0]?.shape.at(-1), 'the size of the embedding');

/** One weight as the optimiser sees it. */
export interface Parameter {
  readonly variable: tf.Variable;
  /** Weight decay applies to kernels and centres only: never to biases, norms or the slopes of PReLU. */
  readonly decay: boolean;
  readonly rateFactor: number;
}

/**
 * The weights that are trained. The head's learning rate is `headRateFactor` times that of the end of the network; from
 * stage to stage towards the input it is multiplied by `stageRateFactor` (layer-wise learning-rate decay: Howard &
 * Ruder, arXiv 1801.06146, section 3.2).
 */
export function parameters(
  { network, head }: Pick<Learner, 'network' | 'head'>,
  { headRateFactor, stageRateFactor }: Pick<TrainingConfig, 'headRateFactor' | 'stageRateFactor'>,
): Parameter[] {
  const stages = stagesFromEnd(network);
  const ofNetwork = network.layers.flatMap((layer) =>
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
  const ofHead = head.weights.map(({ variable, decay }) => ({ variable, decay, rateFactor: headRateFactor }));
  return [...ofNetwork, ...ofHead];
}

/** Cosine of each embedding [N, D] to every class, [N, K]. */
export const cosinesToAll = (
  { head, bank }: Pick<Learner, 'head' | 'bank'>,
  embeddings: tf.Tensor2D,
): tf.Tensor2D => (bank ? bank.cosines(embeddings) : head.cosines(embeddings));

/** Frees the network and the head. */
export function disposeLearner({ network, head }: Learner): void {
  network.dispose();
  disposeHead(head);
}
