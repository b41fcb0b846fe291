import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { SimdBackend } from '../../../src/engine/simd/host/backend.ts';
import { present } from '../../../src/lib/assert.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { randomCentres } from '../../../src/model/heads/centres.ts';
import { createLearner, disposeLearner } from '../../../src/train/step/learner.ts';
import { Trainer, type TrainerConfig } from '../../../src/train/step/trainer.ts';

/** Behind the first two, which also take memory and compile. */
const STEPS = 10;
const MARGIN = {
  kind: 'arcface',
  m: 0.5,
  easy: false,
  pastPi: 'continued',
  gradient: 'exact',
  warmupFraction: 0,
} as const;
const CONFIG: TrainerConfig = {
  optimiser: { kind: 'sgd', momentum: 0.9, nesterov: false },
  weightDecay: 5e-4,
  headRateFactor: 1e6,
  stageRateFactor: 1,
  labelSmoothing: 0,
  clipNorm: 0,
};

interface Sizes {
  readonly classes: number;
  /** Classes that a step compares with. */
  readonly drawn: number;
  readonly dimension: number;
  readonly batch: number;
}

/** Training of the head alone: what stands before it is one weight that stretches the embeddings. */
function trainingOf({ classes, drawn, dimension, batch }: Sizes) {
  const random = createRandom(9);
  const network = tfl.sequential({
    layers: [tfl.layers.prelu({ inputShape: [dimension], sharedAxes: [1] })],
  });
  const centres = randomCentres(classes, dimension, random);
  const learner = createLearner(
    network,
    { margin: MARGIN },
    { centres, scale: 32, random, sampledClasses: drawn },
  );
  const trainer = new Trainer(learner, CONFIG);
  const labels = Array.from({ length: batch }, () => random.below(classes));
  const embeddings = Float32Array.from({ length: batch * dimension }, () => random.normal());
  return {
    bank: learner.bank,
    /** One step of the head: its loss. */
    async step(): Promise<number> {
      const inputs = tf.tensor2d(embeddings, [batch, dimension]);
      const numbers = await trainer.step([{ inputs, labels }], { rate: 3e-6 });
      const [loss] = await numbers.data();
      tf.dispose([numbers, inputs]);
      return present(loss, 'the loss');
    },
    free(): void {
      trainer.dispose();
      disposeLearner(learner);
    },
  };
}

type Training = ReturnType<typeof trainingOf>;

interface Watched {
  readonly training: Training;
  readonly bytes: number;
  readonly losses: number[];
  readonly times: number[];
}

/** A training, and the most bytes that it and its first two steps have in use at once. */
async function watched(backend: SimdBackend, sizes: Sizes): Promise<Watched> {
  const { heap } = backend;
  const before = heap.used;
  let peak = 0;
  const allocate = heap.allocate.bind(heap);
  heap.allocate = (size) => {
    const address = allocate(size);
    peak = Math.max(peak, heap.used - before);
    return address;
  };
  const training = trainingOf(sizes);
  const losses = [await training.step(), await training.step()];
  heap.allocate = allocate;
  return { training, bytes: peak, losses, times: [] };
}

async function timedStep({ training, losses, times }: Watched): Promise<void> {
  const begin = performance.now();
  losses.push(await training.step());
  times.push(performance.now() - begin);
}

const median = (times: readonly number[]): number =>
  present(times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)], 'a time');

afterAll(() => tf.removeBackend('simd'));

it('100,000 people, a tenth of whose centres is sampled, need about the memory of 10,000', async () => {
  await startBackend('simd');
  const backend = tf.backend();
  if (!(backend instanceof SimdBackend)) throw new Error('not the backend that this is about');
  const fewPeople = { classes: 10_000, drawn: 10_000, dimension: 512, batch: 128 };
  const manyPeople = { ...fewPeople, classes: 100_000 };
  const few = await watched(backend, fewPeople);
  const many = await watched(backend, manyPeople);
  // In turn, so that whatever else the machine does meets both.
  for (let step = 0; step < STEPS; step++) {
    await timedStep(few);
    await timedStep(many);
  }
  few.training.free();
  many.training.free();
  const mb = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
  const [fewMs, manyMs] = [median(few.times), median(many.times)];
  console.warn(
    `head, D 512, batch 128: 10,000 of 10,000: ${mb(few.bytes)}, ${fewMs.toFixed(0)} ms; ` +
      `10,000 of 100,000: ${mb(many.bytes)}, ${manyMs.toFixed(0)} ms: ${(manyMs / fewMs).toFixed(2)}x`,
  );
  expect(many.bytes).toBeLessThan(2 * few.bytes);
  for (const { losses } of [few, many]) {
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses.at(-1)).toBeLessThan((losses[0] ?? 0) * 0.7);
  }
});

it('sampled centres, and momentum with them, are the same where they are written in place and where not', async () => {
  const trained = [];
  for (const name of ['simd', 'cpu'] as const) {
    await startBackend(name);
    const training = trainingOf({ classes: 40, drawn: 12, dimension: 16, batch: 8 });
    const losses: number[] = [];
    for (let step = 0; step < 30; step++) losses.push(await training.step());
    trained.push({ losses, table: present(training.bank, 'the bank').table.slice() });
    training.free();
  }
  const [simd, cpu] = trained.map((one) => present(one, 'a training'));
  for (const key of ['losses', 'table'] as const) {
    const off = [...(simd?.[key] ?? [])].map((value, i) => Math.abs(value - (cpu?.[key][i] ?? Number.NaN)));
    expect(Math.max(...off)).toBeLessThan(1e-4);
  }
  expect(simd?.losses.at(-1)).toBeLessThan((simd?.losses[0] ?? 0) * 0.9);
});
