import * as tf from '@tensorflow/tfjs-core';
import type { Learner } from './learner.ts';

/**
 * A running mean of all weights (Polyak & Juditsky 1992; as an exponential one, e.g. arXiv 1703.01780, section 2):
 * mean <- d mean + (1 - d) weight after every step, with d = min(memory, (1 + t) / (10 + t)) at step t so that the
 * first weights are soon forgotten. Moving averages of norms are averaged along with what they belong to.
 *
 * The mean is what is measured and kept: between {@link swap} and the next one it stands in the network, and the
 * weights that learn wait. Centres of which a step sees only a part stay as they are.
 */
export class WeightAverage {
  private readonly memory: number;
  private readonly weights: readonly tf.Variable[];
  private readonly means: tf.Variable[];
  private steps = 0;

  constructor({ network, head, bank }: Learner, memory: number) {
    this.memory = memory;
    const own = bank ? [] : head.weights.map(({ variable }) => variable);
    this.weights = [...network.weights.map((weight) => variableOf(weight.read())), ...own];
    this.means = this.weights.map((weight) => tf.tidy(() => tf.variable(weight.clone(), false)));
  }

  update(): void {
    const memory = Math.min(this.memory, (1 + this.steps) / (10 + this.steps));
    this.steps += 1;
    tf.tidy(() => {
      this.means.forEach((mean, i) => {
        const weight = this.weights[i];
        if (weight) mean.assign(tf.add(mean, tf.mul(tf.sub(weight, mean), 1 - memory)));
      });
    });
  }

  /** Exchanges the weights and their means. */
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

  /** Begins anew from the present weights. */
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
  }
}

function variableOf(weight: tf.Tensor): tf.Variable {
  // The weights of a layers model are variables behind the read-only face of a tensor.
  if (weight instanceof tf.Variable) return weight;
  throw new Error('Internal error: a weight that is no variable');
}
