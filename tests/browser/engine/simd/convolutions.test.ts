import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimd } from '../../../../src/engine/simd/start.ts';
import { createRandom } from '../../../../src/lib/random.ts';
import { WAYS } from './ways.ts';

const random = createRandom(11);
const numbers = (n: number): Float32Array => Float32Array.from({ length: n }, () => random.normal());
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

interface Case {
  readonly x: readonly [number, number, number, number];
  readonly kernel: readonly [number, number];
  /** Channels out; of a depthwise convolution as many as in. */
  readonly out: number;
  readonly stride: number;
  readonly pad: 'same' | 'valid';
}
const CASES: readonly Case[] = [
  { x: [1, 5, 5, 1], kernel: [3, 3], out: 1, stride: 1, pad: 'same' },
  { x: [2, 7, 6, 3], kernel: [3, 3], out: 5, stride: 2, pad: 'same' },
  { x: [2, 8, 9, 3], kernel: [3, 3], out: 17, stride: 2, pad: 'valid' },
  { x: [3, 9, 11, 8], kernel: [3, 3], out: 8, stride: 1, pad: 'same' },
  { x: [2, 9, 7, 17], kernel: [3, 3], out: 9, stride: 1, pad: 'valid' },
  { x: [2, 7, 7, 5], kernel: [5, 5], out: 3, stride: 2, pad: 'same' },
  { x: [1, 10, 7, 5], kernel: [2, 4], out: 6, stride: 3, pad: 'same' },
  { x: [2, 7, 7, 20], kernel: [7, 7], out: 4, stride: 1, pad: 'valid' },
  { x: [3, 7, 6, 12], kernel: [1, 1], out: 10, stride: 2, pad: 'same' },
  { x: [2, 3, 3, 64], kernel: [3, 3], out: 70, stride: 1, pad: 'same' },
  { x: [8, 20, 20, 3], kernel: [3, 3], out: 16, stride: 2, pad: 'same' },
];
const name = ({ x, kernel, out, stride, pad }: Case): string =>
  `${x.join(' x ')}, ${kernel.join(' x ')} to ${out}, stride ${stride}, ${pad}`;

/** Calls for every product of the convolution: indices into x, out and the place in the filter's window. */
function walk(
  { x: [B, H, W, C], kernel: [KH, KW], stride, pad }: Case,
  each: (pixelIn: number, pixelOut: number, tap: number) => void,
): { readonly out: readonly [number, number, number]; readonly C: number } {
  const along = (length: number, k: number): readonly [number, number] => {
    if (pad === 'valid') return [Math.ceil((length - k + 1) / stride), 0];
    const out = Math.ceil(length / stride);
    return [out, Math.floor(Math.max(0, (out - 1) * stride + k - length) / 2)];
  };
  const [OH, top] = along(H, KH);
  const [OW, left] = along(W, KW);
  for (let b = 0; b < B; b++)
    for (let oy = 0; oy < OH; oy++)
      for (let ox = 0; ox < OW; ox++)
        for (let ky = 0; ky < KH; ky++)
          for (let kx = 0; kx < KW; kx++) {
            const [iy, ix] = [oy * stride + ky - top, ox * stride + kx - left];
            if (iy < 0 || ix < 0 || iy >= H || ix >= W) continue;
            each((b * H + iy) * W + ix, (b * OH + oy) * OW + ox, ky * KW + kx);
          }
  return { out: [B, OH, OW], C };
}

const at = (list: ArrayLike<number>, i: number): number => list[i] ?? Number.NaN;

/** Largest difference over the largest number of the reference. */
function difference(got: ArrayLike<number>, want: Float64Array): number {
  expect(got.length).toBe(want.length);
  let worst = 0;
  let largest = 0;
  want.forEach((value, i) => {
    const off = Math.abs(value - at(got, i));
    worst = Number.isNaN(off) ? Number.POSITIVE_INFINITY : Math.max(worst, off);
    largest = Math.max(largest, Math.abs(value));
  });
  return worst / (largest || 1);
}

/** Value and gradients for an output gradient dy. */
function compute(
  f: (x: tf.Tensor4D, w: tf.Tensor4D) => tf.Tensor4D,
  x: tf.Tensor4D,
  w: tf.Tensor4D,
  dy: tf.Tensor4D,
): readonly (Float32Array | Int32Array | Uint8Array)[] {
  const grads = tf.grads((...[a, b]: tf.Tensor[]) => f(a as tf.Tensor4D, b as tf.Tensor4D));
  return [f(x, w), ...grads([x, w], dy)].map((tensor) => tensor.dataSync());
}

describe.each(WAYS)('simd with %s', (_, options) => {
  beforeAll(async () => {
    await startSimd(options);
    await tf.setBackend('simd');
  });
  afterAll(() => tf.removeBackend('simd'));

  it.each(CASES.map((c) => [name(c), c] as const))('convolves %s', (_name, c) => {
    const filterShape = [...c.kernel, c.x[3], c.out] as const;
    const [x, w] = [numbers(size(c.x)), numbers(size(filterShape))];
    const N = c.out;
    const { out, C } = walk(c, () => {});
    const dy = numbers(size(out) * N);
    const want = [
      new Float64Array(dy.length),
      new Float64Array(x.length),
      new Float64Array(w.length),
    ] as const;
    const [y, dx, dw] = want;
    walk(c, (from, to, tap) => {
      for (let i = 0; i < C; i++) {
        for (let o = 0; o < N; o++) {
          const [a, b, k] = [from * C + i, to * N + o, (tap * C + i) * N + o];
          y[b] = at(y, b) + at(x, a) * at(w, k);
          dx[a] = at(dx, a) + at(dy, b) * at(w, k);
          dw[k] = at(dw, k) + at(x, a) * at(dy, b);
        }
      }
    });
    tf.tidy(() => {
      const got = compute(
        (a, b) => tf.conv2d(a, b, c.stride, c.pad),
        tf.tensor4d(x, [...c.x]),
        tf.tensor4d(w, [...filterShape]),
        tf.tensor4d(dy, [...out, N]),
      );
      for (const [i, numbersGot] of got.entries()) {
        expect(difference(numbersGot, want[i] as Float64Array)).toBeLessThan(2e-6);
      }
      const bias = numbers(N);
      const fused = tf.fused.conv2d({
        x: tf.tensor4d(x, [...c.x]),
        filter: tf.tensor4d(w, [...filterShape]),
        strides: c.stride,
        pad: c.pad,
        bias: tf.tensor1d(bias),
        activation: 'relu',
      });
      const activated = y.map((value, i) => Math.max(0, value + at(bias, i % N)));
      expect(difference(fused.dataSync(), activated)).toBeLessThan(2e-6);
    });
  });

  it.each(CASES.map((c) => [name(c), c] as const))('convolves each channel of %s', (_name, c) => {
    const filterShape = [...c.kernel, c.x[3], 1] as const;
    const [x, w] = [numbers(size(c.x)), numbers(size(filterShape))];
    const { out, C } = walk(c, () => {});
    const dy = numbers(size(out) * C);
    const want = [
      new Float64Array(dy.length),
      new Float64Array(x.length),
      new Float64Array(w.length),
    ] as const;
    const [y, dx, dw] = want;
    walk(c, (from, to, tap) => {
      for (let i = 0; i < C; i++) {
        const [a, b, k] = [from * C + i, to * C + i, tap * C + i];
        y[b] = at(y, b) + at(x, a) * at(w, k);
        dx[a] = at(dx, a) + at(dy, b) * at(w, k);
        dw[k] = at(dw, k) + at(x, a) * at(dy, b);
      }
    });
    tf.tidy(() => {
      const got = compute(
        (a, b) => tf.depthwiseConv2d(a, b, c.stride, c.pad),
        tf.tensor4d(x, [...c.x]),
        tf.tensor4d(w, [...filterShape]),
        tf.tensor4d(dy, [...out, C]),
      );
      for (const [i, numbersGot] of got.entries()) {
        expect(difference(numbersGot, want[i] as Float64Array)).toBeLessThan(2e-6);
      }
      const [bias, slopes] = [numbers(C), numbers(C)];
      const fused = tf.fused.depthwiseConv2d({
        x: tf.tensor4d(x, [...c.x]),
        filter: tf.tensor4d(w, [...filterShape]),
        strides: c.stride,
        pad: c.pad,
        bias: tf.tensor1d(bias),
        activation: 'prelu',
        preluActivationWeights: tf.tensor1d(slopes),
      });
      const activated = y.map((value, i) => {
        const z = value + at(bias, i % C);
        return z > 0 ? z : z * at(slopes, i % C);
      });
      expect(difference(fused.dataSync(), activated)).toBeLessThan(2e-6);
    });
  });

  it.each(CASES.map((c) => [name(c), c] as const))('pools %s', (_name, c) => {
    const x = numbers(size(c.x));
    const { out, C } = walk(c, () => {});
    const count = size(out) * C;
    const dy = numbers(count);
    const seen = new Float64Array(count);
    const sum = new Float64Array(count);
    const largest = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
    const where = new Int32Array(count);
    walk(c, (from, to) => {
      for (let i = 0; i < C; i++) {
        const [a, b] = [from * C + i, to * C + i];
        seen[b] = at(seen, b) + 1;
        sum[b] = at(sum, b) + at(x, a);
        if (at(x, a) <= at(largest, b)) continue;
        largest[b] = at(x, a);
        where[b] = a;
      }
    });
    const mean = sum.map((value, i) => value / at(seen, i));
    const ofMean = new Float64Array(x.length);
    const ofLargest = new Float64Array(x.length);
    walk(c, (from, to) => {
      for (let i = 0; i < C; i++) {
        const [a, b] = [from * C + i, to * C + i];
        ofMean[a] = at(ofMean, a) + at(dy, b) / at(seen, b);
        if (at(where, b) === a) ofLargest[a] = at(ofLargest, a) + at(dy, b);
      }
    });
    tf.tidy(() => {
      const input = tf.tensor4d(x, [...c.x]);
      const back = tf.tensor4d(dy, [...out, C]);
      const window: [number, number] = [...c.kernel];
      for (const [f, value, gradient] of [
        [(t: tf.Tensor4D) => tf.avgPool(t, window, c.stride, c.pad), mean, ofMean],
        [(t: tf.Tensor4D) => tf.maxPool(t, window, c.stride, c.pad), largest, ofLargest],
      ] as const) {
        expect(difference(f(input).dataSync(), value)).toBeLessThan(1e-6);
        const dx = tf.grad((t) => f(t as tf.Tensor4D))(input, back);
        expect(difference(dx.dataSync(), gradient)).toBeLessThan(1e-6);
      }
    });
  });
});
