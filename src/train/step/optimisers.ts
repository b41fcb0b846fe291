import * as tf from '@tensorflow/tfjs-core';
import type { OptimiserConfig } from '../../config/training-config.ts';
import { ensureUnshared, hasKernel, runKernel } from '../../engine/ops/custom-kernels.ts';
import { trainingDevice } from '../../engine/ops/training-device.ts';
import { present } from '../../lib/assert.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { clipGlobalNorm } from './clip.ts';
import { FlatOptimiser } from './flat-optimiser.ts';
import type { Parameter } from './learner.ts';
import type { Optimiser } from './optimiser.ts';
import { zero, zerosFor } from './slots.ts';

export function createOptimiser(
  config: OptimiserConfig,
  weights: readonly Parameter[],
  weightDecay: number,
): Optimiser {
  const device = trainingDevice();
  if (device && hasKernel('ArcFlatSgd')) return new FlatOptimiser(device, config, weights, weightDecay);
  switch (config.kind) {
    case 'sgd':
      return new Sgd(config, weights, weightDecay);
    case 'adamw':
      return new AdamW(config, weights, weightDecay);
    default:
      return unreachable(config);
  }
}

type Settings<K extends OptimiserConfig['kind']> = Extract<OptimiserConfig, { kind: K }>;

/**
 * Stochastic gradient descent with momentum and L2 decay, as in PyTorch and the ArcFace paper:
 * g <- gradient + decay w; v <- momentum v + g; w <- w - rate v (Nesterov: rate (g + momentum v)).
 */
class Sgd implements Optimiser {
  private readonly velocities: tf.Variable[];
  private readonly config: Settings<'sgd'>;
  private readonly weights: readonly Parameter[];
  private readonly decay: number;
  private rate = 0;

  constructor(config: Settings<'sgd'>, weights: readonly Parameter[], decay: number) {
    this.config = config;
    this.weights = weights;
    this.decay = decay;
    this.velocities = zerosFor(weights);
  }

  prepare(rate: number): void {
    this.rate = rate;
  }

  apply(raws: tf.NamedTensorMap, clipNorm: number): void {
    const { momentum, nesterov } = this.config;
    const gradients = clipGlobalNorm(raws, clipNorm);
    const fused = hasKernel('ArcSgd');
    this.weights.forEach(({ variable: w, decay: decays, rateFactor }, i) => {
      const raw = present(gradients[w.name], `the gradient of ${w.name}`);
      const v = present(this.velocities[i], 'a velocity');
      const decay = decays ? this.decay : 0;
      if (fused) {
        const inputs = { weight: ensureUnshared(w), velocity: ensureUnshared(v), gradient: raw };
        runKernel('ArcSgd', inputs, { rate: this.rate * rateFactor, momentum, decay, nesterov });
      } else {
        tf.tidy(() => {
          const g = decay > 0 ? tf.add(raw, tf.mul(w, decay)) : raw;
          v.assign(tf.add(tf.mul(v, momentum), g));
          const step = nesterov ? tf.add(g, tf.mul(v, momentum)) : v;
          w.assign(tf.sub(w, tf.mul(step, this.rate * rateFactor)));
        });
      }
      raw.dispose();
    });
  }

  slotsOf(weight: tf.Variable): readonly tf.Variable[] {
    return this.velocities.filter((_, i) => this.weights[i]?.variable === weight);
  }

  reset(): void {
    zero(this.velocities);
  }

  dispose(): void {
    tf.dispose(this.velocities);
  }
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter, arXiv 1711.05101, algorithm 2):
 * w <- w - rate (m^ / (sqrt(v^) + epsilon) + decay w). The epsilon is the configured one on every backend.
 */
class AdamW implements Optimiser {
  private readonly firsts: tf.Variable[];
  private readonly seconds: tf.Variable[];
  private readonly config: Settings<'adamw'>;
  private readonly weights: readonly Parameter[];
  private readonly decay: number;
  private rate = 0;
  private steps = 0;

  constructor(config: Settings<'adamw'>, weights: readonly Parameter[], decay: number) {
    this.config = config;
    this.weights = weights;
    this.decay = decay;
    this.firsts = zerosFor(weights);
    this.seconds = zerosFor(weights);
  }

  prepare(rate: number): void {
    this.rate = rate;
    this.steps += 1;
  }

  apply(raws: tf.NamedTensorMap, clipNorm: number): void {
    const { beta1, beta2, epsilon } = this.config;
    const gradients = clipGlobalNorm(raws, clipNorm);
    const correction1 = 1 - beta1 ** this.steps;
    const correction2 = 1 - beta2 ** this.steps;
    const fused = hasKernel('ArcAdamW');
    this.weights.forEach(({ variable: w, decay: decays, rateFactor }, i) => {
      const g = present(gradients[w.name], `the gradient of ${w.name}`);
      const m = present(this.firsts[i], 'a first moment');
      const v = present(this.seconds[i], 'a second moment');
      const decay = decays ? this.decay : 0;
      if (fused) {
        const inputs = {
          weight: ensureUnshared(w),
          first: ensureUnshared(m),
          second: ensureUnshared(v),
          gradient: g,
        };
        const factors = { beta1, beta2, epsilon, correction1, correction2 };
        runKernel('ArcAdamW', inputs, { rate: this.rate * rateFactor, decay, ...factors });
      } else {
        tf.tidy(() => {
          m.assign(tf.add(tf.mul(m, beta1), tf.mul(g, 1 - beta1)));
          v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(g), 1 - beta2)));
          const size = tf.add(tf.sqrt(tf.div(v, correction2)), epsilon);
          const step = tf.div(tf.div(m, correction1), size);
          const whole = decay > 0 ? tf.add(step, tf.mul(w, decay)) : step;
          w.assign(tf.sub(w, tf.mul(whole, this.rate * rateFactor)));
        });
      }
      g.dispose();
    });
  }

  slotsOf(weight: tf.Variable): readonly tf.Variable[] {
    const ofWeight = (_: tf.Variable, i: number): boolean => this.weights[i]?.variable === weight;
    return [...this.firsts.filter(ofWeight), ...this.seconds.filter(ofWeight)];
  }

  reset(): void {
    zero([...this.firsts, ...this.seconds]);
    this.steps = 0;
  }

  dispose(): void {
    tf.dispose([...this.firsts, ...this.seconds]);
  }
}
