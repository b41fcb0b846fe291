import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/start.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { createBackbone } from '../../../src/model/backbones/index.ts';
import { createHead } from '../../../src/model/heads/index.ts';
import { parameters } from '../../../src/train/learner.ts';
import { createOptimiser } from '../../../src/train/optimisers.ts';
import { trainStep } from '../../../src/train/step.ts';
import { hashed, pictures, starting } from './formula.ts';
import golden from './golden/mobilefacenet-sgd.json' with { type: 'json' };

/** Losses of PyTorch in 64 bits from weights and pictures of a formula that both sides know, well conditioned, so that SGD can take real steps. */
it('MobileFaceNet on simd loses what PyTorch loses in 64 bits, over 20 steps', async () => {
  await startBackend('simd');
  const { batch, classes, embedding, size } = golden;
  const config = { kind: 'mobilefacenet', inputSize: 112, embeddingSize: embedding, width: 1 } as const;
  const network = createBackbone(config, createRandom(1));
  for (const weight of network.trainableWeights) {
    const { originalName, shape } = weight;
    const sizes = shape.map((length) => length ?? 1);
    weight.write(tf.tensor(starting(originalName, sizes), sizes));
  }
  const centres = Float32Array.from(hashed('centres', classes * embedding));
  const start = { centres, dimension: embedding, scale: golden.scale, drawn: classes };
  const margin = {
    kind: 'arcface',
    m: golden.margin,
    easy: false,
    gradient: 'exact',
    warmupFraction: 0,
  } as const;
  const learner = { network, ...createHead(margin, start, createRandom(1)) };
  const weights = parameters(learner, { headRateFactor: 1, stageRateFactor: 1 });
  const sgd = { kind: 'sgd', momentum: golden.momentum, nesterov: false } as const;
  const optimiser = createOptimiser(sgd, weights, golden.decay);
  const variables = weights.map(({ variable }) => variable);
  const losses: number[] = [];
  for (let step = 0; step < golden.steps; step++) {
    const b = step % golden.batches;
    const labels = Array.from({ length: batch }, (_, i) => (3 * i + b) % classes);
    const given = {
      inputs: tf.tensor4d(pictures(b, batch, size), [batch, size, size, 3]),
      labels: tf.tensor1d(labels, 'int32'),
    };
    const settings = { strength: 1, scale: golden.scale, smoothing: 0, rate: golden.rate, clipNorm: 0 };
    const numbers = trainStep(learner, variables, optimiser, [given], settings);
    losses.push((await numbers.data())[0] ?? Number.NaN);
    tf.dispose([numbers, given.inputs, given.labels]);
  }
  const off = (others: readonly number[]): number =>
    Math.max(...losses.map((loss, i) => Math.abs(loss / (others[i] ?? Number.NaN) - 1)));
  console.warn(
    `off float64 by ${off(golden.float64)}, off PyTorch's float32 by ${off(golden.float32)} (relative, worst)`,
  );
  expect(golden.float64.length).toBe(20);
  expect(off(golden.float64)).toBeLessThan(1e-4);
  expect(off(golden.float32)).toBeLessThan(1e-4);
});
