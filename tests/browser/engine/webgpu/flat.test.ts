import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { parsePartialConfig } from '../../../../src/config/parse.ts';
import type { BackendName } from '../../../../src/config/training-config.ts';
import { startBackend } from '../../../../src/engine/selection/start-backend.ts';
import { createRandom } from '../../../../src/lib/random.ts';
import { createBackbone } from '../../../../src/model/backbones/create-backbone.ts';
import { randomCentres } from '../../../../src/model/heads/centres.ts';
import { createLearner, disposeLearner } from '../../../../src/train/step/learner.ts';
import { createOptimiser } from '../../../../src/train/step/optimisers.ts';
import { WeightAverage } from '../../../../src/train/step/weight-average.ts';

/** Weights that lie in one buffer on the graphics device, against the same on the processor, weight by weight. */

const SIZES = [1, 63, 64, 65, 200];
const STEPS = 4;

async function optimise(backend: BackendName, given: object, clip: number): Promise<number[][]> {
  await startBackend(backend);
  const { optimiser: config } = parsePartialConfig({ preset: 'scratch', ...given });
  const random = createRandom(5);
  const draw = (size: number): Float32Array => Float32Array.from({ length: size }, () => random.normal());
  const weights = SIZES.map((size, i) => ({
    variable: tf.tidy(() => tf.variable(tf.tensor1d(draw(size)))) as tf.Variable,
    decay: i % 2 === 0,
    rateFactor: i === 1 ? 0.5 : 1,
  }));
  const optimiser = createOptimiser(config, weights, 0.01);
  for (let step = 0; step < STEPS; step++) {
    optimiser.prepare(0.1 / (step + 1));
    const gradients = weights.map(
      ({ variable }) => [variable.name, tf.tensor1d(draw(variable.size))] as const,
    );
    optimiser.apply(Object.fromEntries(gradients), clip);
    // Somebody holds what the weights were, and others give them new numbers.
    const [first, second] = weights;
    if (step === 1) tf.keep(first?.variable.clone() ?? tf.scalar(0));
    if (step === 2) tf.tidy(() => second?.variable.assign(tf.mul(second.variable, 2)));
  }
  const result = await Promise.all(
    weights.map(async ({ variable }) => [...(await variable.data<'float32'>())]),
  );
  optimiser.dispose();
  for (const { variable } of weights) variable.dispose();
  return result;
}

async function average(backend: BackendName): Promise<Float32Array[]> {
  await startBackend(backend);
  const random = createRandom(9);
  const backbone = { kind: 'small-cnn', inputSize: 32, embeddingSize: 8 } as const;
  const config = parsePartialConfig({ preset: 'scratch', backbone });
  const network = createBackbone(backbone, random.fork('network'));
  const centres = randomCentres(3, 8, random);
  const learner = createLearner(network, config, { centres, scale: 8, random });
  const mean = new WeightAverage(learner, 0.9);
  const values: Float32Array[] = [];
  for (let step = 0; step < STEPS; step++) {
    tf.tidy(() => {
      for (const weight of network.weights) weight.write(tf.add(weight.read(), random.normal()));
    });
    mean.update();
    if (step < 2) continue;
    mean.swap();
    for (const weight of network.getWeights()) values.push((await weight.data<'float32'>()).slice());
    mean.swap();
    for (const weight of network.getWeights()) values.push((await weight.data<'float32'>()).slice());
  }
  mean.dispose();
  disposeLearner(learner);
  return values;
}

function expectClose(ours: readonly ArrayLike<number>[], right: readonly ArrayLike<number>[]): void {
  expect(ours).toHaveLength(right.length);
  ours.forEach((values, i) => {
    expect(values).toHaveLength(right[i]?.length ?? -1);
    const off = Array.from(values, (value, k) => Math.abs(value - (right[i]?.[k] ?? Number.NaN)));
    expect(Math.max(...off)).toBeLessThan(1e-5);
  });
}

const adamw = { optimiser: { kind: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8 } };
const nesterov = { optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true } };

describe('weights in one buffer', () => {
  it.each([
    ['SGD', {}, 0],
    ['Nesterov, clipped', nesterov, 2],
    ['AdamW', adamw, 0],
    ['AdamW, clipped', adamw, 0.5],
  ] as const)('%s updates them as the processor does', async (_, given, clip) => {
    const right = await optimise('cpu', given, clip);
    expectClose(await optimise('webgpu', given, clip), right);
  });

  it('are averaged, exchanged and exchanged back as on the processor', async () => {
    const right = await average('cpu');
    expectClose(await average('webgpu'), right);
  });

  it('are freed with what lies in them', async () => {
    await startBackend('webgpu');
    const before = tf.memory().numTensors;
    const variable = tf.tidy(() => tf.variable(tf.ones([70])));
    const { optimiser: config } = parsePartialConfig({ preset: 'scratch' });
    const optimiser = createOptimiser(config, [{ variable, decay: true, rateFactor: 1 }], 0);
    optimiser.dispose();
    expect(await variable.data()).toEqual(new Float32Array(70).fill(1));
    variable.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
