import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimd } from '../../../../src/engine/simd/start.ts';
import { createRandom } from '../../../../src/lib/random.ts';
import { WAYS } from './ways.ts';

const random = createRandom(23);
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const numbers = (n: number): Float32Array => Float32Array.from({ length: n }, () => random.normal());
const at = (data: ArrayLike<number>, i: number): number => data[i] ?? Number.NaN;

/** The place in a tensor of `shape` of place `i` in one of `out`, whose axes of size 1 are repeated. */
function broadcast(i: number, out: readonly number[], shape: readonly number[]): number {
  let [left, place, step] = [i, 0, 1];
  for (let back = 1; back <= out.length; back++) {
    const index = left % (out.at(-back) ?? 1);
    left = Math.floor(left / (out.at(-back) ?? 1));
    const own = shape.at(-back) ?? 1;
    if (own > 1) place += index * step;
    step *= own;
  }
  return place;
}

/** Units in the last place of a 32-bit number; below the normal ones, of the smallest of those. */
function ulps(got: number, right: number): number {
  if (Object.is(got, Math.fround(right)) || (Number.isNaN(got) && Number.isNaN(right))) return 0;
  if (Math.abs(right) < 2 ** -126) return Math.abs(got - right) / 2 ** -126;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(right))) - 23);
  return Math.abs(got - right) / unit;
}

const SHAPES: readonly (readonly [a: readonly number[], b: readonly number[]])[] = [
  [[3], [3]],
  [
    [2, 3, 5, 7],
    [2, 3, 5, 7],
  ],
  [[5003], [5003]],
  [[4, 9], []],
  [[], [13]],
  [[1, 1], [6]],
  [[2, 5, 3, 17], [17]],
  [[5], [2, 5]],
  [
    [2, 3, 4, 3],
    [1, 1, 3],
  ],
  [
    [700, 8],
    [1, 8],
  ],
  [
    [9, 11],
    [9, 1],
  ],
  [
    [9, 1],
    [9, 4],
  ],
  // No fast path: operands are filled up first.
  [
    [3, 1, 2],
    [1, 4, 2],
  ],
  [
    [2, 3, 4],
    [2, 1, 4],
  ],
];

const TWO: readonly (readonly [string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, typeof Math.pow])[] = [
  ['add', tf.add, (a, b) => a + b],
  ['sub', tf.sub, (a, b) => a - b],
  ['mul', tf.mul, (a, b) => a * b],
  ['div', tf.div, (a, b) => a / b],
  ['maximum', tf.maximum, Math.max],
  ['minimum', tf.minimum, Math.min],
  ['squaredDifference', tf.squaredDifference, (a, b) => (a - b) ** 2],
  ['prelu', tf.prelu, (a, b) => (a < 0 ? a * b : a)],
];

const SPECIAL = [0, -0, 1, -1, 88.7, 89, -87.4, -95, -104, 1e-40, 1e-20, 3e38, -3e38, 0.5, 6, 7, 1e-7];
const ODD = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];

const ONE: readonly (readonly [string, (x: tf.Tensor) => tf.Tensor, (x: number) => number, number])[] = [
  ['neg', tf.neg, (x) => -x, 0],
  ['abs', tf.abs, Math.abs, 0],
  ['square', tf.square, (x) => x * x, 0.5],
  ['sqrt', tf.sqrt, Math.sqrt, 0.5],
  ['rsqrt', tf.rsqrt, (x) => 1 / Math.sqrt(x), 1.5],
  ['relu', tf.relu, (x) => Math.max(0, x), 0],
  ['relu6', tf.relu6, (x) => Math.min(6, Math.max(0, x)), 0],
  ['step', (x) => tf.step(x, 0.5), (x) => (Number.isNaN(x) ? x : x > 0 ? 1 : 0.5), 0],
  ['exp', tf.exp, Math.exp, 2],
  ['log', tf.log, Math.log, 2],
  ['sigmoid', tf.sigmoid, (x) => 1 / (1 + Math.exp(-x)), 4],
  ['tanh', tf.tanh, Math.tanh, 6],
  ['clip', (x) => tf.clipByValue(x, -1.5, 6.5), (x) => (x < -1.5 ? -1.5 : x > 6.5 ? 6.5 : x), 0],
  ['leakyRelu', (x) => tf.leakyRelu(x, 0.25), (x) => (x > 0 ? x : 0.25 * x), 0],
  ['reciprocal', tf.reciprocal, (x) => 1 / x, 1],
];

const REDUCED: readonly (readonly [shape: readonly number[], axes: number[] | undefined])[] = [
  [[7], undefined],
  [[3, 50_001], [1]],
  [[2, 3, 4, 5], undefined],
  [[6, 17], [0]],
  [[1000, 3], [0]],
  [[3, 4, 5], [-1]],
  [
    [2, 7, 7, 5],
    [1, 2],
  ],
  [
    [2, 40, 9, 8],
    [0, 1, 2],
  ],
  // Axes that do not lie side by side: one reduction after the other.
  [
    [2, 7, 3, 5, 4],
    [0, 2, 4],
  ],
  [
    [3, 4, 5],
    [0, 2],
  ],
];

describe.each(WAYS)('simd with %s', (_, options) => {
  beforeAll(async () => {
    await startSimd(options);
    await tf.setBackend('simd');
  });
  afterAll(() => tf.removeBackend('simd'));

  it.each(TWO)('computes %s of all shapes that go together', (_name, op, definition) => {
    for (const [shapeA, shapeB] of SHAPES) {
      const [a, b] = [numbers(size(shapeA)), numbers(size(shapeB))];
      const [tensorA, tensorB] = [tf.tensor(a, [...shapeA]), tf.tensor(b, [...shapeB])];
      const out = op(tensorA, tensorB);
      const got = out.dataSync();
      expect(out.shape).toEqual(tf.broadcastTo(tensorA, out.shape).shape);
      let worst = 0;
      for (let i = 0; i < got.length; i++) {
        const right = definition(
          at(a, broadcast(i, out.shape, shapeA)),
          at(b, broadcast(i, out.shape, shapeB)),
        );
        const by = Math.abs(at(got, i) - right) / (1 + Math.abs(right));
        if (!(by <= worst)) worst = by;
      }
      expect(worst, `${shapeA} and ${shapeB}`).toBeLessThan(2e-7);
    }
    expect(tf.tidy(() => op(tf.scalar(Number.NaN), tf.tensor1d([1, 2, 3, 4, 5])).dataSync()[4])).toBeNaN();
  });

  it.each(ONE)('computes %s', (_name, op, definition, most) => {
    const x = Float32Array.from([
      ...SPECIAL,
      ...ODD,
      ...Array.from({ length: 5000 }, (_, i) => (i % 2 ? 20 : 1) * random.normal()),
    ]);
    const got = tf.tidy(() => op(tf.tensor1d(x)).dataSync());
    let worst = { by: 0, x: 0, got: 0 };
    x.forEach((value, i) => {
      const right = definition(value);
      const by = ulps(at(got, i), right);
      if (!(by <= worst.by)) worst = { by, x: value, got: at(got, i) };
    });
    expect(worst.by, JSON.stringify(worst)).toBeLessThanOrEqual(most);
  });

  it.each(REDUCED)('reduces %j over %j', (shape, axes) => {
    const x = numbers(size(shape)).map((value) => value + 0.5);
    const rank = shape.length;
    const gone = (axes ?? shape.map((_, i) => i)).map((axis) => (axis + rank) % rank);
    const kept = shape.map((length, i) => (gone.includes(i) ? 1 : length));
    const right = {
      sum: new Float64Array(size(kept)),
      max: new Float64Array(size(kept)).fill(Number.NEGATIVE_INFINITY),
    };
    x.forEach((value, i) => {
      const to = broadcast(i, shape, kept);
      right.sum[to] = at(right.sum, to) + value;
      right.max[to] = Math.max(at(right.max, to), value);
    });
    const terms = x.length / right.sum.length;
    for (const keepDims of [false, true]) {
      const made = tf.tidy(() => {
        const tensor = tf.tensor(x, [...shape]);
        return [
          tf.sum(tensor, axes, keepDims),
          tf.mean(tensor, axes, keepDims),
          tf.max(tensor, axes, keepDims),
        ];
      });
      const wanted = [right.sum, right.sum.map((sum) => sum / terms), right.max];
      made.forEach((tensor, n) => {
        expect(tensor.shape).toEqual(keepDims ? kept : shape.filter((_, i) => !gone.includes(i)));
        tensor.dataSync().forEach((value, i) => {
          const exact = at(wanted[n] ?? [], i);
          const scale = n === 0 ? terms : 1;
          expect(Math.abs(value - exact) / scale).toBeLessThan(5e-7);
        });
      });
      tf.dispose(made);
    }
  });

  it('adds several, and fills', () => {
    tf.tidy(() => {
      const parts = [numbers(37), numbers(37), numbers(37)];
      const sum = tf.addN(parts.map((part) => tf.tensor1d(part))).dataSync();
      sum.forEach((value, i) => {
        expect(value).toBeCloseTo(
          parts.reduce((total, part) => total + at(part, i), 0),
          5,
        );
      });
      expect([...tf.fill([2, 3], -1.5).dataSync()]).toEqual(Array(6).fill(-1.5));
      expect([...tf.onesLike(tf.add(tf.zeros([5]), 3)).dataSync()]).toEqual(Array(5).fill(1));
      expect([...tf.zerosLike(tf.add(tf.zeros([5]), 3)).dataSync()]).toEqual(Array(5).fill(0));
    });
  });

  it.each([
    'linear',
    'relu',
    'sigmoid',
    'elu',
  ] as const)('multiplies, adds a bias, and is %s', (activation) => {
    const [a, b, bias] = [numbers(3 * 7), numbers(7 * 5), numbers(5)];
    const definitions = {
      linear: (z: number): number => z,
      relu: (z: number): number => Math.max(0, z),
      sigmoid: (z: number): number => 1 / (1 + Math.exp(-z)),
      elu: (z: number): number => (z < 0 ? Math.expm1(z) : z), // the published kernel's
    };
    const before = tf.memory().numDataBuffers;
    const got = tf.tidy(() =>
      tf.fused
        .matMul({ a: tf.tensor2d(a, [3, 7]), b: tf.tensor2d(b, [7, 5]), bias: tf.tensor1d(bias), activation })
        .dataSync(),
    );
    expect(tf.memory().numDataBuffers).toBe(before);
    got.forEach((value, i) => {
      const [row, column] = [Math.floor(i / 5), i % 5];
      let z = at(bias, column);
      for (let k = 0; k < 7; k++) z += at(a, row * 7 + k) * at(b, k * 5 + column);
      expect(value).toBeCloseTo(definitions[activation](z), 5);
    });
  });

  it('casts integers and truths to floats of their own', () => {
    tf.tidy(() => {
      const integers = tf.tensor1d([3, -4, 5], 'int32');
      expect([...tf.mul(tf.cast(integers, 'float32'), 2).dataSync()]).toEqual([6, -8, 10]);
      const truths = tf.greater(tf.tensor1d([1, -1]), 0);
      expect(tf.mean(tf.cast(truths, 'float32')).dataSync()[0]).toBe(0.5);
      expect([...tf.mul(integers, tf.slice(tf.cast(truths, 'int32'), 0, 1)).dataSync()]).toEqual([3, -4, 5]);
      expect([...tf.cast(tf.neg(tf.fill([2], 2.5)), 'int32').dataSync()]).toEqual([-2, -2]);
    });
  });

  it('keeps a slice when what it was cut from is gone', () => {
    tf.tidy(() => {
      const whole = tf.add(tf.range(0, 40), 0); // in the WebAssembly memory
      const [first, second] = [tf.slice(whole, 4, 4), tf.split(whole, 2)[1]];
      whole.dispose();
      for (let i = 0; i < 4; i++) tf.mul(tf.fill([40], 7), 1);
      expect([...first.dataSync()]).toEqual([4, 5, 6, 7]);
      expect(second?.dataSync()[0]).toBe(20);
    });
  });
});
