import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { SimdBackend } from '../../../src/engine/simd/backend.ts';
import { startBackend } from '../../../src/engine/start.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { randomCentres } from '../../../src/model/head.ts';
import { createHead } from '../../../src/model/heads/index.ts';
import { disposeLearner, type Learner, parameters } from '../../../src/train/learner.ts';
import { createOptimiser } from '../../../src/train/optimisers.ts';
import { trainStep } from '../../../src/train/step.ts';

const DIMENSION = 512;
const BATCH = 128;
const STEPS = 12;
const MARGIN = { kind: 'arcface', m: 0.5, easy: false, gradient: 'exact', warmupFraction: 0 } as const;
const SGD = { kind: 'sgd', momentum: 0.9, nesterov: false } as const;

interface Cost {
  readonly peakBytes: number;
  /** Median over the steps behind the first two. */
  readonly stepMs: number;
  readonly losses: readonly number[];
}

/** Steps of the head alone: what stands before it is one weight that stretches the embeddings. */
async function cost(classes: number, drawn: number): Promise<Cost> {
  await startBackend('simd');
  const random = createRandom(9);
  const network = tfl.sequential({
    layers: [tfl.layers.prelu({ inputShape: [DIMENSION], sharedAxes: [1] })],
  });
  const centres = randomCentres(classes, DIMENSION, random);
  const start = { centres, dimension: DIMENSION, scale: 32, drawn };
  const learner: Learner = { network, ...createHead(MARGIN, start, random.fork('head')) };
  const weights = parameters(learner, { headRateFactor: 1e6, stageRateFactor: 1 });
  const optimiser = createOptimiser(SGD, weights, 5e-4);
  const { bank } = learner;
  bank?.attach(optimiser.slotsOf(bank.centres));
  const backend = tf.backend();
  if (!(backend instanceof SimdBackend)) throw new Error('not the backend that this is about');
  const { heap } = backend;
  let peakBytes = heap.used;
  const allocate = heap.allocate.bind(heap);
  heap.allocate = (bytes) => {
    const address = allocate(bytes);
    peakBytes = Math.max(peakBytes, heap.used);
    return address;
  };
  const own = Array.from({ length: BATCH }, () => random.below(classes));
  const embeddings = Float32Array.from({ length: BATCH * DIMENSION }, () => random.normal());
  const times: number[] = [];
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const begin = performance.now();
    const batch = {
      inputs: tf.tensor2d(embeddings, [BATCH, DIMENSION]),
      labels: tf.tensor1d(bank ? bank.draw(own) : own, 'int32'),
    };
    const numbers = trainStep(
      learner,
      weights.map(({ variable }) => variable),
      optimiser,
      [batch],
      {
        strength: 1,
        scale: 32,
        smoothing: 0,
        rate: 3e-6,
        clipNorm: 0,
      },
    );
    losses.push((await numbers.data())[0] ?? Number.NaN);
    await bank?.keep();
    tf.dispose([numbers, batch.inputs, batch.labels]);
    if (step > 1) times.push(performance.now() - begin);
  }
  heap.allocate = allocate;
  optimiser.dispose();
  disposeLearner(learner);
  return { peakBytes, stepMs: times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0, losses };
}

it('100,000 people, a tenth of whose centres is sampled, need about the memory of 10,000', async () => {
  const few = await cost(10_000, 10_000);
  const many = await cost(100_000, 10_000);
  const mb = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
  console.warn(
    `head, D ${DIMENSION}, batch ${BATCH}: 10,000 of 10,000: ${mb(few.peakBytes)}, ${few.stepMs.toFixed(0)} ms; ` +
      `10,000 of 100,000: ${mb(many.peakBytes)}, ${many.stepMs.toFixed(0)} ms`,
  );
  expect(many.peakBytes).toBeLessThan(2 * few.peakBytes);
  for (const { losses } of [few, many]) {
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.7);
  }
});
