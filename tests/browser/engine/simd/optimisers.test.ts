import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OptimiserConfig } from '../../../../src/config/training-config.ts';
import { hasKernel } from '../../../../src/engine/ops/custom-kernels.ts';
import { startSimd } from '../../../../src/engine/simd/start.ts';
import { createRandom } from '../../../../src/lib/random.ts';
import { createOptimiser } from '../../../../src/train/step/optimisers.ts';
import { WAYS } from './ways.ts';

const SIZES = [1, 3, 17, 1024, 5003];
const STEPS = 4;
const DECAY = 0.05;
const RATE = 0.02;

const random = createRandom(5);
const numbers = (n: number): Float32Array => Float32Array.from({ length: n }, () => random.normal());
const at = (data: ArrayLike<number>, i: number): number => data[i] ?? Number.NaN;

/** One weight after all steps, from the definitions in 64 bits. */
function wanted(config: OptimiserConfig, start: number, gradients: readonly number[], decay: number): number {
  let [w, one, two] = [start, 0, 0];
  gradients.forEach((gradient, i) => {
    if (config.kind === 'sgd') {
      const g = gradient + decay * w;
      one = config.momentum * one + g;
      w -= RATE * (config.nesterov ? g + config.momentum * one : one);
      return;
    }
    one = config.beta1 * one + (1 - config.beta1) * gradient;
    two = config.beta2 * two + (1 - config.beta2) * gradient ** 2;
    const mean = one / (1 - config.beta1 ** (i + 1));
    const size = Math.sqrt(two / (1 - config.beta2 ** (i + 1))) + config.epsilon;
    w -= RATE * (mean / size + decay * w);
  });
  return w;
}

const CONFIGS: OptimiserConfig[] = [
  { kind: 'sgd', momentum: 0.9, nesterov: false },
  { kind: 'sgd', momentum: 0.8, nesterov: true },
  { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
];

describe.each(WAYS)('simd with %s', (_, options) => {
  beforeAll(async () => {
    await startSimd(options);
    await tf.setBackend('simd');
    expect(hasKernel('ArcSgd') && hasKernel('ArcAdamW')).toBe(true);
  });
  afterAll(() => tf.removeBackend('simd'));

  it.each(CONFIGS)('changes weights in place as %j', (config) => {
    const starts = SIZES.map(numbers);
    const gradients = Array.from({ length: STEPS }, () => SIZES.map(numbers));
    const weights = starts.map((start, i) => ({
      variable: tf.tidy(() => tf.variable(tf.tensor1d(start))),
      decay: i % 2 === 0,
      rateFactor: 1,
    }));
    const before = tf.memory().numTensors;
    const optimiser = createOptimiser(config, weights, DECAY);
    const inUse = tf.memory();
    // Somebody still reads what the weights were: they must not change under his hands.
    const snapshots = weights.map(({ variable }) => variable.clone());
    for (const step of gradients) {
      const named = Object.fromEntries(
        step.map((gradient, i) => [weights[i]?.variable.name ?? '', tf.tensor1d(gradient)]),
      );
      optimiser.prepare(RATE);
      optimiser.apply(named, 0);
    }
    snapshots.forEach((snapshot, i) => {
      expect(snapshot.dataSync()).toEqual(starts[i]);
    });
    tf.dispose(snapshots);
    expect(tf.memory().numTensors).toBe(inUse.numTensors);
    weights.forEach(({ variable, decay }, i) => {
      const got = variable.dataSync();
      let worst = 0;
      for (let n = 0; n < got.length; n++) {
        const own = gradients.map((step) => at(step[i] ?? [], n));
        const right = wanted(config, at(starts[i] ?? [], n), own, decay ? DECAY : 0);
        const by = Math.abs(at(got, n) - right);
        if (!(by <= worst)) worst = by;
      }
      expect(worst).toBeLessThan(2e-6);
    });
    optimiser.dispose();
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose(weights.map(({ variable }) => variable));
  });
});
