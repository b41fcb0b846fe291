import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { present } from '../../lib/assert.ts';
import type { Learner } from './learner.ts';

export interface SavedTensor {
  readonly values: Float32Array;
  readonly shape: number[];
}

/** Weights outside any backend: they survive a lost device and the next run. */
export interface Checkpoint {
  /** In the order of the network's getWeights, moving averages of norms included. */
  readonly network: readonly SavedTensor[];
  /** The head's weights, then its statistics. Of a bank: the rows of its last step. */
  readonly head: readonly SavedTensor[];
  /** The table of a bank, [K * S, D]; null without one. */
  readonly bank: Float32Array | null;
}

export async function takeCheckpoint({ network, head, bank }: Learner): Promise<Checkpoint> {
  const save = (tensors: readonly tf.Tensor[]): Promise<SavedTensor[]> =>
    Promise.all(
      tensors.map(async (tensor) => ({
        // On the CPU backend data() may hand out the backend's own array.
        values: (await tensor.data<'float32'>()).slice(),
        shape: tensor.shape,
      })),
    );
  return {
    network: await save(network.getWeights()), // the variables themselves: not ours to dispose
    head: await save([...head.weights.map(({ variable }) => variable), ...head.statistics]),
    bank: bank ? bank.table.slice() : null,
  };
}

/** Whether all weights are finite. */
export function hasFiniteWeights({ network, head }: Checkpoint): boolean {
  return [...network, ...head].every(({ values }) => values.every(Number.isFinite));
}

/** Sets the weights of a network of the same architecture. */
export function loadWeights(network: LayersModel, weights: Checkpoint['network']): void {
  tf.tidy(() => network.setWeights(weights.map(({ values, shape }) => tf.tensor(values, shape))));
}

/** Restores network and head from a checkpoint. */
export function restoreCheckpoint({ network, head, bank }: Learner, checkpoint: Checkpoint): void {
  loadWeights(network, checkpoint.network);
  [...head.weights.map(({ variable }) => variable), ...head.statistics].forEach((variable, i) => {
    const { values, shape } = present(checkpoint.head[i], 'a weight of the head');
    tf.tidy(() => variable.assign(tf.tensor(values, shape)));
  });
  if (bank && checkpoint.bank) bank.restore(checkpoint.bank);
}
