import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimd } from '../../../../src/engine/simd/start.ts';
import { createRandom } from '../../../../src/lib/random.ts';
import { WAYS } from './ways.ts';

const random = createRandom(7);
const numbers = (n: number): Float32Array => Float32Array.from({ length: n }, () => random.normal());

describe.each(WAYS)('simd with %s', (_, options) => {
  beforeAll(async () => {
    const backend = await startSimd(options);
    expect(backend.threads.size).toBe(options.threads);
    await tf.setBackend('simd');
  });
  afterAll(() => tf.removeBackend('simd'));

  it.each([
    [1, 1, 1],
    [1, 7, 5],
    [2, 64, 3],
    [8, 9, 8],
    [13, 33, 17],
    [97, 130, 70],
    [3, 700, 31],
    [200, 3, 100],
  ])('multiplies %i x %i by %i in all four transpositions', (m, k, n) => {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const a = numbers(m * k);
        const b = numbers(k * n);
        const got = tf.tidy(() =>
          tf
            .matMul(
              tf.tensor2d(a, transposeA ? [k, m] : [m, k]),
              tf.tensor2d(b, transposeB ? [n, k] : [k, n]),
              transposeA,
              transposeB,
            )
            .dataSync(),
        );
        let worst = 0;
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let p = 0; p < k; p++) {
              sum +=
                (a[transposeA ? p * m + i : i * k + p] ?? 0) * (b[transposeB ? j * k + p : p * n + j] ?? 0);
            }
            worst = Math.max(worst, Math.abs(sum - (got[i * n + j] ?? Number.NaN)));
          }
        }
        // Sums of k products of about 1, each rounded to 24 bits.
        expect(worst).toBeLessThan(5e-6 * Math.sqrt(k) + 1e-6);
      }
    }
  });
});
