import * as tf from '@tensorflow/tfjs-core';
import { runKernel } from '../../engine/ops/custom-kernels.ts';
import { type FlatTensors, trainingDevice } from '../../engine/ops/training-device.ts';
import { present } from '../../lib/assert.ts';
import type { Learner } from './learner.ts';

/**
 * An exponential moving average of all weights (Polyak & Juditsky 1992; e.g. arXiv 1703.01780, section 2):
 * mean <- d mean + (1 - d) weight after every step, with d = min(decay, (1 + t) / (10 + t)) at step t so that the
 * first weights lose their influence soon. Moving averages of norms are averaged too.
 *
 * The average is what is evaluated and kept: between {@link swap} and the next one it is in the network instead of the
 * trained weights. Centres of which a step sees only a part (Partial FC) are not averaged.
 */
export class WeightAverage {
  private readonly decay: number;
  private readonly weights: readonly tf.Variable[];
  private readonly means: tf.Variable[];
  /** On a graphics device: the means in one buffer, and a buffer that the weights are copied to. Null elsewhere. */
  private readonly flat: { readonly means: FlatTensors; readonly weights: tf.Tensor } | null;
  private steps = 0;

  constructor({ network, head, bank }: Learner, decay: number) {
    this.decay = decay;
    const ofHead = bank ? [] : head.weights.map(({ variable }) => variable);
    this.weights = [...network.weights.map((weight) => variableOf(weight.read())), ...ofHead];
    this.means = this.weights.map((weight) => tf.tidy(() => tf.variable(weight.clone(), false)));
    const device = trainingDevice();
    const means = device?.flatten(this.means);
    this.flat = device && means ? { means, weights: device.flatZeros(means.whole.size) } : null;
  }

  update(): void {
    const decay = Math.min(this.decay, (1 + this.steps) / (10 + this.steps));
    this.steps += 1;
    if (this.flat) {
      this.updateFlat(1 - decay);
      return;
    }
    tf.tidy(() => {
      this.means.forEach((mean, i) => {
        const weight = this.weights[i];
        if (weight) mean.assign(tf.add(mean, tf.mul(tf.sub(weight, mean), 1 - decay)));
      });
    });
  }

  /** All means by one launch. */
  private updateFlat(rate: number): void {
    const { means, weights: numbers } = present(this.flat, 'the flat means');
    means.adopt();
    present(trainingDevice(), 'the graphics device').gather(this.weights, means.offsets, numbers);
    tf.tidy(() => {
      runKernel('ArcFlatAverage', { numbers, rate: tf.tensor1d([rate]), mean: means.whole }, {});
    });
  }

  /** Exchanges the weights and their averages. */
  swap(): void {
    tf.tidy(() => {
      this.means.forEach((mean, i) => {
        const weight = this.weights[i];
        if (!weight) return;
        const kept = mean.clone();
        mean.assign(weight.clone());
        weight.assign(kept);
      });
    });
  }

  /** Starts again from the present weights. */
  restart(): void {
    this.steps = 0;
    tf.tidy(() => {
      this.means.forEach((mean, i) => {
        const weight = this.weights[i];
        if (weight) mean.assign(weight.clone());
      });
    });
  }

  dispose(): void {
    tf.dispose(this.means);
    this.flat?.means.dispose();
    this.flat?.weights.dispose();
  }
}

function variableOf(weight: tf.Tensor): tf.Variable {
  // The weights of a layers model are variables that their type shows as tensors.
  if (weight instanceof tf.Variable) return weight;
  throw new Error('Internal error: a weight that is no variable');
}
