import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Learner } from './learner.ts';

/** Weights outside any backend: they outlive a lost device and the next run. */
export interface Checkpoint {
  /** In the order of the network's getWeights: norms' moving averages are among them. */
  readonly network: readonly { readonly values: Float32Array; readonly shape: number[] }[];
  /** [K, D], row-major */
  readonly centres: Float32Array;
}

export async function takeCheckpoint(learner: Learner): Promise<Checkpoint> {
  const network = await Promise.all(
    learner.network
      .getWeights() // the variables themselves: not ours to dispose
      .map(async (weight) => ({ values: await weight.data<'float32'>(), shape: weight.shape })),
  );
  // On the CPU backend data() may hand out the backend's own array.
  return {
    network: network.map(({ values, shape }) => ({ values: values.slice(), shape })),
    centres: (await learner.centres.data<'float32'>()).slice(),
  };
}

/** Puts the weights of a checkpoint into a network of the same architecture. */
export function loadWeights(network: LayersModel, weights: Checkpoint['network']): void {
  tf.tidy(() => network.setWeights(weights.map(({ values, shape }) => tf.tensor(values, shape))));
}

/** Puts network and centres back to a checkpoint. */
export function restoreCheckpoint(learner: Learner, checkpoint: Checkpoint): void {
  loadWeights(learner.network, checkpoint.network);
  tf.tidy(() => learner.centres.assign(tf.tensor2d(checkpoint.centres, learner.centres.shape)));
}
