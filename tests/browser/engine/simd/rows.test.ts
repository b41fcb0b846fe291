import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of all operations.
import '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { normaliseRows } from '../../../../src/engine/ops/normalise-rows.ts';
import { registerPreluGradient } from '../../../../src/engine/ops/prelu.ts';
import { softmaxCrossEntropy } from '../../../../src/engine/ops/softmax-cross-entropy.ts';
import { startSimd } from '../../../../src/engine/simd/start.ts';
import { radians } from '../../../../src/lib/brand.ts';
import { createRandom } from '../../../../src/lib/random.ts';
import { arcFace } from '../../../../src/model/margins/arcface/loss.ts';
import { applyMargin } from '../../../../src/model/margins/shared/apply-margin.ts';
import { WAYS } from './ways.ts';

/** The parts of the loss, and PReLU, with their gradients, against definitions in 64 bits. */

const random = createRandom(77);
const numbers = (n: number, deviation = 1): Float32Array =>
  Float32Array.from({ length: n }, () => deviation * random.normal());
const at = (data: ArrayLike<number>, i: number): number => data[i] ?? Number.NaN;

/** Largest difference, relative to the largest of the right numbers, which counts as `least` at least. */
function off(got: ArrayLike<number>, right: ArrayLike<number>, least = 1e-9): number {
  let [most, worst] = [least, 0];
  for (let i = 0; i < right.length; i++) most = Math.max(most, Math.abs(at(right, i)));
  for (let i = 0; i < right.length; i++) {
    const by = Math.abs(at(got, i) - at(right, i)) / most;
    if (!(by <= worst)) worst = by;
  }
  return got.length === right.length ? worst : Number.NaN;
}

const SHAPES = [
  [1, 1],
  [1, 7],
  [3, 4],
  [5, 193],
  [33, 1000],
] as const;

registerPreluGradient();

describe.each(WAYS)('simd with %s', (_, options) => {
  beforeAll(async () => {
    await startSimd(options);
    await tf.setBackend('simd');
  });
  afterAll(() => tf.removeBackend('simd'));

  it.each(SHAPES)('computes softmax and cross-entropy of [%i, %i]', (N, K) => {
    const z = numbers(N * K, 20);
    const labels = Array.from({ length: N }, (_i, i) => (i * 7) % K);
    const softmax = new Float64Array(N * K);
    let loss = 0;
    for (let n = 0; n < N; n++) {
      const row = z.subarray(n * K, (n + 1) * K);
      const most = Math.max(...row);
      const sum = row.reduce((total, value) => total + Math.exp(value - most), 0);
      row.forEach((value, k) => {
        softmax[n * K + k] = Math.exp(value - most) / sum;
      });
      loss += (Math.log(sum) + most - at(row, at(labels, n))) / N;
    }
    const gradient = softmax.map((p, i) => (3 * (p - (i % K === labels[Math.floor(i / K)] ? 1 : 0))) / N);
    tf.tidy(() => {
      const logits = tf.tensor2d(z, [N, K]);
      const classes = tf.tensor1d(labels, 'int32');
      expect(off(tf.softmax(logits).dataSync(), softmax)).toBeLessThan(1e-6);
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) =>
        tf.mul(softmaxCrossEntropy(x as tf.Tensor2D, classes), 3),
      )(logits);
      expect(Math.abs(at(value.dataSync(), 0) - 3 * loss)).toBeLessThan(1e-6 * (1 + 3 * loss));
      expect(off(grad.dataSync(), gradient, 3 / N)).toBeLessThan(1e-6);
    });
  });

  it('does not overflow, and refuses a class that there is not', () => {
    tf.tidy(() => {
      const logits = tf.tensor2d([[1000, 0, -1000]]);
      const loss = (label: number): number =>
        at(softmaxCrossEntropy(logits, tf.tensor1d([label], 'int32')).dataSync(), 0);
      expect(loss(0)).toBe(0);
      expect(loss(2)).toBe(2000);
      expect(() => loss(3)).toThrow(/class 3 of 3/);
    });
  });

  it.each(SHAPES)('normalises the rows of [%i, %i]', (N, D) => {
    const [x, dy] = [numbers(N * D), numbers(N * D)];
    const [y, dx] = [new Float64Array(N * D), new Float64Array(N * D)];
    for (let n = 0; n < N; n++) {
      let [squared, along] = [0, 0];
      for (let d = n * D; d < (n + 1) * D; d++) squared += at(x, d) ** 2;
      for (let d = n * D; d < (n + 1) * D; d++) y[d] = at(x, d) / Math.sqrt(squared);
      for (let d = n * D; d < (n + 1) * D; d++) along += at(y, d) * at(dy, d);
      for (let d = n * D; d < (n + 1) * D; d++) dx[d] = (at(dy, d) - at(y, d) * along) / Math.sqrt(squared);
    }
    tf.tidy(() => {
      const input = tf.tensor2d(x, [N, D]);
      expect(off(normaliseRows(input).dataSync(), y)).toBeLessThan(1e-6);
      const gradient = tf.grad((rows: tf.Tensor) => normaliseRows(rows as tf.Tensor2D))(
        input,
        tf.tensor2d(dy, [N, D]),
      );
      const scale = Math.max(...dx.map(Math.abs));
      // A row of one number cannot turn: rounding is all there is.
      if (D > 1) expect(off(gradient.dataSync(), dx)).toBeLessThan(2e-6);
      else expect(scale).toBeLessThan(1e-12);
      const zeros = normaliseRows(tf.zeros([2, D])).dataSync();
      expect(Array.from(zeros)).toEqual(Array(2 * D).fill(0));
    });
  });

  it.each(SHAPES)('puts the margin on the own cosine of [%i, %i]', (N, K) => {
    const c = Float32Array.from(numbers(N * K), (value) => Math.tanh(value));
    const labels = Array.from({ length: N }, (_i, i) => (i * 5) % K);
    const isOwn = (i: number): boolean => i % K === labels[Math.floor(i / K)];
    const m = 0.5;
    const right = Array.from(c, (value, i) => {
      if (!isOwn(i)) return value;
      const theta = Math.acos(value);
      return theta + m <= Math.PI ? Math.cos(theta + m) : value + Math.cos(m) - 1;
    });
    const slopes = Array.from(c, (value, i) => {
      if (!isOwn(i)) return 1;
      const theta = Math.acos(value);
      return theta + m <= Math.PI ? Math.sin(theta + m) / Math.sin(theta) : 1;
    });
    tf.tidy(() => {
      const cosines = tf.tensor2d(c, [N, K]);
      const classes = tf.tensor1d(labels, 'int32');
      const apply = (x: tf.Tensor): tf.Tensor => applyMargin(arcFace(radians(m)), x as tf.Tensor2D, classes);
      expect(off(apply(cosines).dataSync(), right)).toBeLessThan(1e-6);
      expect(off(tf.grad(apply)(cosines).dataSync(), slopes)).toBeLessThan(1e-5);
    });
  });

  it.each([
    [[1, 1, 1, 1], [1]],
    [[2, 3, 4, 5], [5]],
    [
      [2, 9, 7, 8],
      [1, 1, 8],
    ],
    [[700, 17], [17]],
    // One slope for all, or one for each place: published operations.
    [
      [2, 3, 4, 5],
      [1, 1, 1],
    ],
    [
      [2, 3, 4, 5],
      [3, 4, 5],
    ],
  ])('gives the gradients of PReLU, %j with %j', (shape, slopesShape) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const slopesCount = slopesShape.reduce((a, b) => a * b, 1);
    const [x, alpha, dy] = [numbers(count), numbers(slopesCount), numbers(count)];
    const right = new Float64Array(slopesCount);
    // Slopes are the end of the input's shape, or one for all.
    const dx = Array.from(x, (value, i) => {
      right[i % slopesCount] = at(right, i % slopesCount) + at(dy, i) * Math.min(0, value);
      return value > 0 ? at(dy, i) : at(dy, i) * at(alpha, i % slopesCount);
    });
    tf.tidy(() => {
      const [gx, ga] = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.prelu(a, b))(
        [tf.tensor(x, shape), tf.tensor(alpha, slopesShape)],
        tf.tensor(dy, shape),
      );
      expect(gx?.shape).toEqual(shape);
      expect(ga?.shape).toEqual(slopesShape);
      expect(off(gx?.dataSync() ?? [], dx)).toBeLessThan(1e-6);
      expect(off(ga?.dataSync() ?? [], right)).toBeLessThan(2e-6);
    });
  });

  it('leaves nothing behind', () => {
    const step = (): void => {
      tf.tidy(() => {
        const x = tf.tensor2d(numbers(12), [3, 4]);
        const classes = tf.tensor1d([0, 1, 2], 'int32');
        tf.grad((z: tf.Tensor) =>
          softmaxCrossEntropy(
            applyMargin(arcFace(radians(0.3)), normaliseRows(z as tf.Tensor2D), classes),
            classes,
          ),
        )(x);
        tf.split(tf.transpose(tf.where(tf.greater(x, 0), x, tf.neg(x))), 2);
      });
    };
    step();
    const before = { ...tf.memory() };
    for (let i = 0; i < 20; i++) step();
    const after = tf.memory();
    expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
    expect('numBytesInHeap' in after && 'numBytesInHeap' in before && after.numBytesInHeap).toBe(
      'numBytesInHeap' in before && before.numBytesInHeap,
    );
  });
});
