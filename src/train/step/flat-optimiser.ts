import * as tf from '@tensorflow/tfjs-core';
import type { OptimiserConfig } from '../../config/training-config.ts';
import { runKernel } from '../../engine/ops/custom-kernels.ts';
import { perStep } from '../../engine/ops/per-step.ts';
import { FLAT_BLOCK, type FlatTensors, type TrainingDevice } from '../../engine/ops/training-device.ts';
import { present } from '../../lib/assert.ts';
import { unreachable } from '../../lib/unreachable.ts';
import type { Parameter } from './learner.ts';
import type { Optimiser } from './optimiser.ts';
import { zero, zerosFor } from './slots.ts';

/**
 * The optimisers of optimisers.ts on a graphics device: weights, gradients and state lie one after the other in a buffer
 * each, and one launch updates all, instead of one for each of hundreds of tensors.
 */
export class FlatOptimiser implements Optimiser {
  private readonly device: TrainingDevice;
  private readonly config: OptimiserConfig;
  private readonly weights: readonly Parameter[];
  /** The state of SGD is one velocity, that of AdamW two moments, for each weight. */
  private readonly slots: readonly (readonly tf.Variable[])[];
  private readonly flatWeights: FlatTensors;
  private readonly flatSlots: readonly FlatTensors[];
  private readonly flatGradients: tf.Tensor;
  /** For each block of numbers: factor of the learning rate, weight decay. [blocks, 2] */
  private readonly settings: tf.Tensor;
  private readonly unclipped: tf.Tensor;
  private rate = 0;
  private steps = 0;

  constructor(
    device: TrainingDevice,
    config: OptimiserConfig,
    weights: readonly Parameter[],
    weightDecay: number,
  ) {
    this.device = device;
    this.config = config;
    this.weights = weights;
    this.slots = Array.from({ length: config.kind === 'sgd' ? 1 : 2 }, () => zerosFor(weights));
    this.flatWeights = device.flatten(weights.map(({ variable }) => variable));
    this.flatSlots = this.slots.map((slot) => device.flatten(slot));
    const table = weights.flatMap(({ variable, rateFactor, decay }) =>
      Array.from({ length: Math.ceil(variable.size / FLAT_BLOCK) }, () => [
        rateFactor,
        decay ? weightDecay : 0,
      ]),
    );
    this.settings = tf.tensor2d(table.length > 0 ? table : [[0, 0]]);
    // Zeros also between the gradients, where nothing is ever copied to.
    this.flatGradients = device.flatZeros(this.flatWeights.whole.size);
    this.unclipped = tf.tensor1d([1]);
  }

  prepare(rate: number): void {
    this.rate = rate;
    this.steps += 1;
    this.flatWeights.adopt();
    for (const slot of this.flatSlots) slot.adopt();
  }

  apply(gradients: tf.NamedTensorMap, clipNorm: number): void {
    const { settings } = this;
    const gradient = this.flatGradients;
    const ordered = this.weights.map(({ variable: { name } }) =>
      present(gradients[name], `the gradient of ${name}`),
    );
    this.device.gather(ordered, this.flatWeights.offsets, gradient);
    const [first, second] = this.flatSlots.map(({ whole }) => whole);
    const weight = this.flatWeights.whole;
    tf.tidy(() => {
      const scalars = perStep([3], () => this.scalars());
      const clip =
        clipNorm === 0
          ? this.unclipped
          : present(runKernel('ArcClipFactor', { gradient }, { maxNorm: clipNorm })[0], 'the factor');
      const common = { gradient, settings, scalars, clip, weight };
      switch (this.config.kind) {
        case 'sgd': {
          const { momentum, nesterov } = this.config;
          runKernel(
            'ArcFlatSgd',
            { ...common, velocity: present(first, 'velocities') },
            { momentum, nesterov },
          );
          return;
        }
        case 'adamw': {
          const { beta1, beta2, epsilon } = this.config;
          const moments = { first: present(first, 'moments'), second: present(second, 'moments') };
          runKernel('ArcFlatAdamW', { ...common, ...moments }, { beta1, beta2, epsilon });
          return;
        }
        default:
          unreachable(this.config);
      }
    });
    tf.dispose(gradients);
  }

  slotsOf(weight: tf.Variable): readonly tf.Variable[] {
    return this.slots.flatMap((slot) => slot.filter((_, i) => this.weights[i]?.variable === weight));
  }

  reset(): void {
    this.slots.forEach(zero);
    this.steps = 0;
  }

  dispose(): void {
    tf.dispose([...this.slots.flat(), this.flatGradients, this.settings, this.unclipped]);
    for (const flat of [this.flatWeights, ...this.flatSlots]) flat.dispose();
  }

  /** Learning rate, and what the moments of AdamW are divided by at this step. */
  private scalars(): Float32Array {
    const { config } = this;
    if (config.kind === 'sgd') return Float32Array.of(this.rate, 1, 1);
    return Float32Array.of(this.rate, 1 - config.beta1 ** this.steps, 1 - config.beta2 ** this.steps);
  }
}
