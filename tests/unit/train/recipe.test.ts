import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { MarginConfig } from '../../../src/config/training-config.ts';
import { softmaxCrossEntropy } from '../../../src/engine/ops/softmax-cross-entropy.ts';
import { present } from '../../../src/lib/assert.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { disposeHead } from '../../../src/model/heads/create-head.ts';
import { DivergenceDetector } from '../../../src/train/loop/divergence-detector.ts';
import { clipGlobalNorm } from '../../../src/train/step/clip.ts';
import { cosinesToAll, createLearner, type Learner, parameters } from '../../../src/train/step/learner.ts';
import { createOptimiser } from '../../../src/train/step/optimisers.ts';
import { sampledClassCount } from '../../../src/train/step/sampled-classes.ts';
import { learningRate } from '../../../src/train/step/schedule.ts';
import { type Batch, trainStep } from '../../../src/train/step/step.ts';
import { WeightAverage } from '../../../src/train/step/weight-average.ts';

const INPUTS = 6;
const DIMENSION = 4;
const CLASSES = 12;
const RATES = { headRateFactor: 2, stageRateFactor: 1 };
const STAGE = { strength: 1, scale: 8, smoothing: 0, rate: 0.1, clipNorm: 0 };
const ARC: MarginConfig = {
  kind: 'arcface',
  m: 0.3,
  easy: false,
  pastPi: 'continued',
  gradient: 'exact',
  warmupFraction: 0,
};
const SGD = { kind: 'sgd', momentum: 0.9, nesterov: false } as const;
const random = createRandom(11);
const normal = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.normal());
const KERNEL = normal(INPUTS * DIMENSION);
const CENTRES = normal(CLASSES * DIMENSION);
const PHOTOS = normal(8 * INPUTS);
const OWN = [3, 0, 7, 3, 11, 5, 2, 2];

/** One dense layer, always from the same weights: no norm, so that a batch is the sum of its parts. */
function learner(drawn = CLASSES, margin = ARC): Learner {
  const network = tfl.sequential({
    layers: [tfl.layers.dense({ units: DIMENSION, inputShape: [INPUTS], useBias: false })],
  });
  network.setWeights([tf.tensor2d(KERNEL, [INPUTS, DIMENSION])]);
  const start = { centres: CENTRES.slice(), scale: 8, random: createRandom(5), sampledClasses: drawn };
  return createLearner(network, { margin }, start);
}

const batch = (from: number, to: number, labels: readonly number[] = OWN) => ({
  inputs: tf.tensor2d(PHOTOS.slice(from * INPUTS, to * INPUTS), [to - from, INPUTS]),
  labels: tf.tensor1d(labels.slice(from, to), 'int32'),
});

const numbersOf = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];
const kernelOf = ({ network }: Learner): number[] =>
  numbersOf(present(network.getWeights()[0], 'the kernel'));
const centresOf = ({ head, bank }: Learner): number[] =>
  bank ? [...bank.table] : numbersOf(present(head.weights[0], 'the centres').variable);
const apart = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((value, i) => Math.abs(value - (b[i] ?? Number.NaN))));

function trainer(one: Learner, settings = STAGE) {
  const weights = parameters(one, RATES);
  const optimiser = createOptimiser(SGD, weights, 1e-2);
  one.bank?.attach(optimiser.slotsOf(one.bank.centres));
  const variables = weights.map(({ variable }) => variable);
  const target = { learner: one, variables, optimiser };
  return (batches: readonly Batch[]): number[] => {
    optimiser.prepare(settings.rate);
    return numbersOf(trainStep(target, batches, settings));
  };
}

describe('a step over several batches', () => {
  it('is the step over all of them at once, where no norm couples them', () => {
    const [whole, parts] = [learner(), learner()];
    const [loss, hits] = trainer(whole)([batch(0, 8)]);
    const [meanLoss, meanHits] = trainer(parts)([batch(0, 4), batch(4, 8)]);
    expect(meanLoss).toBeCloseTo(loss ?? 0, 5);
    expect(meanHits).toBeCloseTo(hits ?? 0, 6);
    expect(apart(kernelOf(whole), kernelOf(parts))).toBeLessThan(1e-6);
    expect(apart(centresOf(whole), centresOf(parts))).toBeLessThan(1e-6);
    expect(apart(kernelOf(whole), [...KERNEL])).toBeGreaterThan(1e-3);
  });
});

describe('clipping by the global norm', () => {
  const grads = (): tf.NamedTensorMap => ({ a: tf.tensor1d([3, 0]), b: tf.tensor2d([[0], [4]]) });
  it('shortens all gradients together, and only those that are too long', () => {
    const short = clipGlobalNorm(grads(), 2.5);
    expect(numbersOf(present(short['a'], 'a'))).toEqual([1.5, 0]);
    expect(numbersOf(present(short['b'], 'b'))).toEqual([0, 2]);
    expect(numbersOf(present(clipGlobalNorm(grads(), 6)['b'], 'b'))).toEqual([0, 4]);
    expect(numbersOf(present(clipGlobalNorm(grads(), 0)['a'], 'a'))).toEqual([3, 0]);
    const zero = clipGlobalNorm({ a: tf.zeros([2]) }, 1);
    expect(numbersOf(present(zero['a'], 'a'))).toEqual([0, 0]);
  });
});

describe('label smoothing', () => {
  it('has the value and the gradient of its definition', () => {
    const rows = [
      [1, -2, 0.5],
      [0.3, 2, -1],
    ];
    const labels = [2, 1];
    const s = 0.2;
    const naive = (z: readonly (readonly number[])[]): number =>
      z.reduce((sum, row, n) => {
        const all = Math.log(row.reduce((total, v) => total + Math.exp(v), 0));
        return sum + row.reduce((t, v, k) => t + ((k === labels[n] ? 1 - s : 0) + s / 3) * (all - v), 0) / 2;
      }, 0);
    const loss = (z: tf.Tensor): tf.Scalar =>
      softmaxCrossEntropy(z as tf.Tensor2D, tf.tensor1d(labels, 'int32'), s);
    expect(loss(tf.tensor2d(rows)).dataSync()[0]).toBeCloseTo(naive(rows), 5);
    const gradient = numbersOf(tf.grad(loss)(tf.tensor2d(rows)));
    rows.flat().forEach((_, i) => {
      const moved = (by: number): number[][] =>
        rows.map((row, n) => row.map((v, k) => (n * 3 + k === i ? v + by : v)));
      expect(gradient[i]).toBeCloseTo((naive(moved(1e-5)) - naive(moved(-1e-5))) / 2e-5, 4);
    });
  });
});

describe('the mean of the weights', () => {
  it('follows its formula, stands in the network between two swaps, and starts anew', () => {
    const one = learner();
    const average = new WeightAverage(one, 0.9);
    const step = trainer(one);
    let mean = [...KERNEL] as number[];
    for (let t = 0; t < 12; t++) {
      step([batch(0, 8)]);
      average.update();
      const memory = Math.min(0.9, (1 + t) / (10 + t));
      mean = mean.map((value, i) => memory * value + (1 - memory) * (kernelOf(one)[i] ?? 0));
    }
    const last = kernelOf(one);
    average.swap();
    expect(apart(kernelOf(one), mean)).toBeLessThan(1e-5);
    expect(apart(kernelOf(one), last)).toBeGreaterThan(1e-3);
    average.swap();
    expect(kernelOf(one)).toEqual(last);
    average.restart();
    average.swap();
    expect(kernelOf(one)).toEqual(last);
  });
});

describe('sampled centres', () => {
  it('a step is that of a head with the drawn classes only; all other rows stay; moments are kept', () => {
    const one = learner(7);
    const bank = present(one.bank, 'the bank');
    const step = trainer(one);
    const before = [...bank.table];
    const drawn = bank.sampleClasses(OWN);
    // The positives come first, each class once, in the order of the batch.
    expect(drawn).toEqual([0, 1, 2, 0, 3, 4, 5, 5]);
    const present7 = numbersOf(bank.centres);
    step([batch(0, 8, drawn)]);
    return bank.storeRows().then(() => {
      const changed = Array.from({ length: CLASSES }, (_, k) =>
        [0, 1, 2, 3].some((d) => bank.table[k * 4 + d] !== before[k * 4 + d]),
      );
      const inDraw = (k: number): boolean =>
        [0, 1, 2, 3, 4, 5, 6].some((row) => present7[row * 4] === before[k * 4]);
      expect(changed).toEqual(Array.from({ length: CLASSES }, (_, k) => inDraw(k)));
      expect(changed.filter(Boolean)).toHaveLength(7);
      for (const own of OWN) expect(changed[own]).toBe(true);

      // The same step by a full head over just those seven.
      const few = learner();
      const start = { centres: Float32Array.from(present7), scale: 8, random: createRandom(5) };
      const full = createLearner(few.network, { margin: ARC }, start);
      trainer(full)([batch(0, 8, drawn)]);
      expect(apart(kernelOf(one), kernelOf(full))).toBeLessThan(1e-6);
      expect(apart(numbersOf(bank.centres), centresOf(full))).toBeLessThan(1e-6);
    });
  });

  it('over many steps every class is drawn, and momentum comes back with its row', async () => {
    const one = learner(8);
    const bank = present(one.bank, 'the bank');
    const step = trainer(one, { ...STAGE, rate: 0.02 });
    const seen = new Set<number>();
    const start = [...bank.table];
    for (let i = 0; i < 40; i++) {
      step([batch(0, 8, bank.sampleClasses(OWN))]);
      await bank.storeRows();
      for (let k = 0; k < CLASSES; k++) if (bank.table[k * 4] !== start[k * 4]) seen.add(k);
    }
    expect(seen.size).toBe(CLASSES);
    const cosine = numbersOf(cosinesToAll(one, tf.tensor2d(PHOTOS.slice(0, 8), [2, 4])));
    expect(cosine).toHaveLength(2 * CLASSES);
    const naive = (n: number, k: number): number => {
      const [x, w] = [PHOTOS.slice(n * 4, n * 4 + 4), bank.table.slice(k * 4, k * 4 + 4)];
      return x.reduce((sum, v, d) => sum + v * (w[d] ?? 0), 0) / Math.hypot(...x) / Math.hypot(...w);
    };
    expect(
      apart(
        cosine,
        Array.from({ length: 2 * CLASSES }, (_, i) => naive(Math.floor(i / CLASSES), i % CLASSES)),
      ),
    ).toBeLessThan(1e-5);
    disposeHead(one.head);
  });

  it('draws room for every photo of a step, and never more than there are', () => {
    const config = { ...presets.scratch, batchSize: 32, sampledCentres: 0.1 };
    expect(sampledClassCount(config, 100_000)).toBe(10_000);
    expect(sampledClassCount(config, 100)).toBe(48);
    expect(sampledClassCount(config, 20)).toBe(20);
    expect(sampledClassCount({ ...config, sampledCentres: 1 }, 100_000)).toBe(100_000);
  });
});

describe('schedules besides the cosine', () => {
  const at = (schedule: Parameters<typeof learningRate>[0]['schedule'], step: number): number =>
    learningRate({ learningRate: 1, schedule }, step, 101);
  it('falls in equal stairs', () => {
    const stairs = { kind: 'step', warmupFraction: 0, drops: 3, factor: 0.1 } as const;
    expect([0, 24, 25, 49, 50, 75, 100].map((step) => Number(at(stairs, step).toPrecision(6)))).toEqual([
      1, 1, 0.1, 0.1, 0.01, 0.001, 0.001,
    ]);
  });
  it('falls along a power', () => {
    const power = { kind: 'polynomial', warmupFraction: 0, power: 2, finalFraction: 0.1 } as const;
    expect(at(power, 0)).toBe(1);
    expect(at(power, 50)).toBeCloseTo(0.1 + 0.9 * 0.25, 12);
    expect(at(power, 100)).toBeCloseTo(0.1, 12);
  });
});

describe('the divergence detector', () => {
  const feed = (losses: readonly number[], strength: (i: number) => number): (string | null)[] => {
    const detector = new DivergenceDetector(ARC, 32, 10);
    return losses.map((loss, i) => detector.record(loss, strength(i)));
  };
  it('lets a loss grow with the margin', () => {
    const losses = Array.from({ length: 200 }, (_, i) => 0.1 + (i / 200) * 32 * Math.sin(0.3));
    expect(feed(losses, (i) => i / 200).every((wrong) => wrong === null)).toBe(true);
  });
  it('lets single losses jump', () => {
    expect(feed([5, 4, 3, 40, 3, 2], () => 1).every((wrong) => wrong === null)).toBe(true);
  });
  it('reports what is not a number, and what is far worse than guessing', () => {
    expect(feed([5, 4, Number.NaN], () => 1).at(-1)).toContain('not a number');
    const away = feed([5, 4, 3, 2, ...Array.from({ length: 20 }, () => 400)], () => 1);
    expect(away.slice(0, 4)).toEqual([null, null, null, null]);
    expect(away.some((wrong) => wrong?.includes('guessing'))).toBe(true);
  });
});
