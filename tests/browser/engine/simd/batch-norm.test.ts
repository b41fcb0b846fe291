import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchNormTraining } from '../../../../src/engine/ops/batch-norm.ts';
import { hasKernel } from '../../../../src/engine/ops/custom-kernels.ts';
import { startSimd } from '../../../../src/engine/simd/start.ts';
import { createRandom } from '../../../../src/lib/random.ts';
import { NORM, normalise } from '../../../../src/model/backbones/shared/layers.ts';
import { WAYS } from './ways.ts';

const EPSILON = 1e-3;
const random = createRandom(19);
const numbers = (n: number, mean = 0, deviation = 1): Float32Array =>
  Float32Array.from({ length: n }, () => mean + deviation * random.normal());
const at = (data: ArrayLike<number>, i: number): number => data[i] ?? Number.NaN;

interface Problem {
  readonly shape: readonly number[];
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly gamma: Float32Array;
  readonly beta: Float32Array;
  readonly alpha: Float32Array | null;
}

function problem(shape: readonly number[], active: boolean, mean: number): Problem {
  const size = shape.reduce((a, b) => a * b, 1);
  const channels = shape.at(-1) ?? 0;
  return {
    shape,
    x: numbers(size, mean),
    dy: numbers(size),
    gamma: numbers(channels, 1, 0.3),
    beta: numbers(channels, 0, 0.5),
    alpha: active ? numbers(channels, 0.25, 0.3) : null,
  };
}

type Results = Record<'y' | 'mean' | 'variance' | 'dx' | 'dgamma' | 'dbeta' | 'dalpha', ArrayLike<number>>;

/** From the definitions, channel by channel, in 64 bits. */
function wanted({ shape, x, dy, gamma, beta, alpha }: Problem): Results {
  const channels = shape.at(-1) ?? 0;
  const rows = x.length / channels;
  const perChannel = (): Float64Array => new Float64Array(channels);
  const [mean, variance] = [perChannel(), perChannel()];
  const [dgamma, dbeta, dalpha] = [perChannel(), perChannel(), perChannel()];
  const [y, dx] = [new Float64Array(x.length), new Float64Array(x.length)];
  for (let c = 0; c < channels; c++) {
    const indices = Array.from({ length: rows }, (_, r) => r * channels + c);
    const m = indices.reduce((sum, i) => sum + at(x, i), 0) / rows;
    const v = indices.reduce((sum, i) => sum + (at(x, i) - m) ** 2, 0) / rows;
    const deviation = Math.sqrt(v + EPSILON);
    const slope = alpha ? at(alpha, c) : 1;
    const normal = (i: number): number => (at(x, i) - m) / deviation;
    const before = (i: number): number => at(gamma, c) * normal(i) + at(beta, c);
    const dz = (i: number): number => at(dy, i) * (before(i) > 0 ? 1 : slope);
    mean[c] = m;
    variance[c] = v;
    dbeta[c] = indices.reduce((sum, i) => sum + dz(i), 0);
    dgamma[c] = indices.reduce((sum, i) => sum + dz(i) * normal(i), 0);
    dalpha[c] = alpha ? indices.reduce((sum, i) => sum + at(dy, i) * Math.min(before(i), 0), 0) : 0;
    for (const i of indices) {
      y[i] = before(i) > 0 ? before(i) : slope * before(i);
      const common = at(dbeta, c) / rows + (normal(i) * at(dgamma, c)) / rows;
      dx[i] = (at(gamma, c) / deviation) * (dz(i) - common);
    }
  }
  return { y, mean, variance, dx, dgamma, dbeta, dalpha };
}

function got({ shape, x, dy, gamma, beta, alpha }: Problem): Results {
  const tensors = tf.memory().numTensors;
  tf.engine().startScope();
  const results = ((): Results => {
    const inputs = [tf.tensor(x, [...shape]), tf.tensor1d(gamma), tf.tensor1d(beta)];
    if (alpha) inputs.push(tf.tensor(alpha, shape.length === 4 ? [1, 1, alpha.length] : [alpha.length]));
    let statistics: { mean: tf.Tensor; variance: tf.Tensor } | null = null;
    const { value, grads } = tf.valueAndGrads((input, scale, shift, slope) => {
      if (!input || !scale || !shift) throw new Error('inputs are missing');
      const { y, ...rest } = batchNormTraining(input, scale, shift, slope ?? null, EPSILON);
      statistics = { mean: tf.keep(rest.mean), variance: tf.keep(rest.variance) };
      return y;
    })(inputs, tf.tensor(dy, [...shape]));
    const { mean, variance } = statistics ?? { mean: tf.scalar(0), variance: tf.scalar(0) };
    const [dx, dgamma, dbeta, dalpha] = grads.map((gradient, i) => {
      expect(gradient.shape).toEqual(inputs[i]?.shape);
      return gradient.dataSync();
    });
    const none: number[] = [];
    const made = {
      y: value.dataSync(),
      mean: mean.dataSync(),
      variance: variance.dataSync(),
      dx: dx ?? none,
      dgamma: dgamma ?? none,
      dbeta: dbeta ?? none,
      dalpha: dalpha ?? new Float64Array(gamma.length),
    };
    tf.dispose([mean, variance]);
    return made;
  })();
  tf.engine().endScope();
  expect(tf.memory().numTensors).toBe(tensors);
  return results;
}

/** The largest difference, relative to the largest number, or to 1 where all are small. */
function error(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let [worst, largest] = [0, 1];
  for (let i = 0; i < b.length; i++) {
    const by = Math.abs(at(a, i) - at(b, i));
    if (!(by <= worst)) worst = by;
    largest = Math.max(largest, Math.abs(at(b, i)));
  }
  return worst / largest;
}

/** Many blocks of rows and few; whole vectors of channels and not; one row that has no variance. */
const CASES: readonly (readonly [shape: readonly number[], active: boolean, mean: number])[] = [
  [[1, 1, 1, 4], true, 0],
  [[2, 3, 5, 1], true, 0],
  [[3, 41, 17, 3], true, 2],
  [[2, 40, 20, 17], true, -1],
  [[1, 13, 9, 8], false, 0],
  [[37, 5], true, 0],
  [[33, 130], false, 0],
  [[2, 30, 30, 64], true, 1],
];

/** Sums of up to 2000 roundings of 6e-8, which mostly cancel. */
const TOLERANCE = 5e-6;

function check(numbersOf: Problem, tolerance: number): void {
  const right = wanted(numbersOf);
  const ours = got(numbersOf);
  for (const name of Object.keys(right) as (keyof Results)[]) {
    expect(error(ours[name], right[name]), name).toBeLessThan(tolerance);
  }
}

/** The same small network with the library's layers as they are, and with ours. */
function networks(): { plain: tfl.LayersModel; ours: tfl.LayersModel } {
  const build = (fused: boolean): tfl.LayersModel => {
    const input = tfl.input({ shape: [6, 6, 3] });
    const convolution = tfl.layers.conv2d({ filters: 5, kernelSize: 1, useBias: false });
    let x = convolution.apply(input) as tfl.SymbolicTensor;
    if (fused) {
      x = normalise(x, { norm: 'one', prelu: 'slope' });
      x = normalise(x, { norm: 'two' });
    } else {
      x = tfl.layers.batchNormalization({ ...NORM, name: 'one' }).apply(x) as tfl.SymbolicTensor;
      x = tfl.layers.prelu({ name: 'slope', sharedAxes: [1, 2] }).apply(x) as tfl.SymbolicTensor;
      x = tfl.layers.batchNormalization({ ...NORM, name: 'two' }).apply(x) as tfl.SymbolicTensor;
    }
    return tfl.model({ inputs: input, outputs: x });
  };
  const [plain, ours] = [build(false), build(true)];
  const weights = plain.getWeights().map((weight) => {
    const [mean, deviation] = weight.rank === 4 ? [0, 1] : [1, 0.2];
    return tf.tensor(numbers(weight.size, mean, deviation), weight.shape);
  });
  plain.setWeights(weights);
  ours.setWeights(weights);
  tf.dispose(weights);
  return { plain, ours };
}

/** Output, gradients of all weights in the order of the layers, and what the weights are after two steps. */
function trained(network: tfl.LayersModel, x: tf.Tensor, weights: tf.Tensor): Float32Array[] {
  const variables = network.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const all: Float32Array[] = [];
  for (let step = 0; step < 2; step++) {
    const { value, grads } = tf.variableGrads(
      () => tf.sum(tf.mul(network.apply(x, { training: true }) as tf.Tensor, weights)),
      variables,
    );
    all.push(value.dataSync<'float32'>());
    for (const { name } of variables) {
      const gradient = grads[name];
      if (!gradient) throw new Error(`no gradient of ${name}`);
      all.push(gradient.dataSync<'float32'>());
    }
    tf.dispose([value, grads]);
  }
  for (const weight of network.getWeights()) all.push(weight.dataSync<'float32'>());
  const prediction = network.predict(x) as tf.Tensor;
  all.push(prediction.dataSync<'float32'>());
  prediction.dispose();
  return all;
}

function checkLayers(): void {
  const { plain, ours } = networks();
  const x = tf.tensor(numbers(4 * 36 * 3), [4, 6, 6, 3]);
  const weights = tf.tensor(numbers(4 * 36 * 5), [4, 6, 6, 5]);
  const right = trained(plain, x, weights);
  const got = trained(ours, x, weights);
  expect(got.length).toBe(right.length);
  right.forEach((values, i) => {
    expect(error(got[i] ?? [], values), `number ${i}`).toBeLessThan(1e-4);
  });
  // A second network is not touched by what the first one did, and both are the library's own when saved.
  const second = networks().ours;
  expect(error(trained(second, x, weights)[0] ?? [], right[0] ?? [])).toBeGreaterThan(1e-3);
  expect(ours.layers.map((layer) => layer.getClassName())).toEqual(
    plain.layers.map((layer) => layer.getClassName()),
  );
  tf.dispose([x, weights]);
}

describe.each(WAYS)('simd with %s', (_, options) => {
  beforeAll(async () => {
    await startSimd(options);
    await tf.setBackend('simd');
    expect(hasKernel('ArcBatchNorm')).toBe(true);
  });
  afterAll(() => tf.removeBackend('simd'));

  it.each(CASES)('normalises %j, PReLU %s, mean %d, with its gradients', (shape, active, mean) => {
    check(problem(shape, active, mean), TOLERANCE);
  });

  it('keeps the variance of numbers far from 0', () => {
    // Numbers near 1000 are themselves only known to 6e-5 of their deviation, and so is their mean.
    // Linear, because PReLU makes a jump of such an error where it turns a sign.
    check(problem([2, 20, 30, 6], false, 1000), 3e-4);
    const x = numbers(1200, 1000);
    x[0] = -1e4; // an outlier where a shift might be taken from
    const own = { ...problem([1200, 1], false, 0), x };
    expect(error(got(own).variance, wanted(own).variance)).toBeLessThan(1e-5);
  });

  it('is what the layers do in training', checkLayers);

  it('normalises with given statistics', () => {
    for (const channels of [1, 5, 16]) {
      const shape: [number, number, number, number] = [2, 3, 7, channels];
      const [x, mean, scale, offset] = [42 * channels, channels, channels, channels].map((n) =>
        numbers(n),
      ) as [Float32Array, Float32Array, Float32Array, Float32Array];
      const variance = numbers(channels).map((value) => value ** 2);
      const [got, bare] = [true, false].map((whole) =>
        tf.tidy(() => {
          const rest = whole ? [offset, scale].map((values) => tf.tensor1d(values)) : [];
          const statistics = [tf.tensor1d(mean), tf.tensor1d(variance)] as const;
          return tf.batchNorm(tf.tensor(x, shape), ...statistics, rest[0], rest[1], EPSILON).dataSync();
        }),
      );
      const normal = (i: number): number => {
        const c = i % channels;
        return (at(x, i) - at(mean, c)) / Math.sqrt(at(variance, c) + EPSILON);
      };
      const all = Array.from(x, (_, i) => normal(i));
      expect(error(bare ?? [], all)).toBeLessThan(1e-6);
      const moved = all.map((value, i) => value * at(scale, i % channels) + at(offset, i % channels));
      expect(error(got ?? [], moved)).toBeLessThan(1e-6);
    }
  });
});

describe('cpu', () => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
    expect(hasKernel('ArcBatchNorm')).toBe(false);
  });

  it.each(CASES)('normalises %j, PReLU %s, mean %d, with its gradients', (shape, active, mean) => {
    check(problem(shape, active, mean), TOLERANCE);
  });

  it('is what the layers do in training', checkLayers);
});
