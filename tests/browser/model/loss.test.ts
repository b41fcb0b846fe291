import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { softmaxCrossEntropy } from '../../../src/engine/ops/softmax-cross-entropy.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { radians } from '../../../src/lib/brand.ts';
import { arcFace } from '../../../src/model/margins/arcface/loss.ts';
import { noMargin } from '../../../src/model/margins/none/loss.ts';
import { applyMargin } from '../../../src/model/margins/shared/apply-margin.ts';

/** The definition, in angles and 64 bits: cos(theta + m), past pi the line that keeps falling. */
const reference = (theta: number, m: number): number =>
  theta + m <= Math.PI ? Math.cos(theta + m) : Math.cos(theta) + Math.cos(m) - 1;

beforeAll(() => startBackend('cpu'));

describe('the loss of a batch', () => {
  const cosine = [
    [0.9, -0.2, 0.1],
    [0.3, 1, -1],
    [0.5, 0.2, -0.99],
    [-1, 0.4, 0.2],
  ];
  const labels = [0, 1, 2, 0];
  const m = 0.5;
  const scale = 10;
  const naive = (rows: readonly (readonly number[])[]): number => {
    const losses = rows.map((row, b) => {
      const z = row.map((c, k) => scale * (k === labels[b] ? reference(Math.acos(c), m) : c));
      return Math.log(z.reduce((sum, v) => sum + Math.exp(v), 0)) - (z[labels[b] ?? 0] ?? 0);
    });
    return losses.reduce((sum, v) => sum + v, 0) / rows.length;
  };
  const classes = (): tf.Tensor1D => tf.tensor1d(labels, 'int32');

  it('agrees with its definition, value and gradient', () => {
    const loss = (c: tf.Tensor): tf.Scalar =>
      softmaxCrossEntropy(
        tf.mul(applyMargin(arcFace(radians(m)), c as tf.Tensor2D, classes()), scale),
        classes(),
      );
    expect(loss(tf.tensor2d(cosine)).dataSync()[0]).toBeCloseTo(naive(cosine), 4);
    const gradient = tf.grad(loss)(tf.tensor2d(cosine)).arraySync() as number[][];
    const h = 1e-6;
    cosine.forEach((row, b) => {
      row.forEach((c, k) => {
        const got = gradient[b]?.[k] ?? Number.NaN;
        expect(Number.isFinite(got)).toBe(true);
        if (Math.abs(c) === 1) return; // acos in the reference ends there
        const moved = (by: number): number[][] =>
          cosine.map((r, i) => r.map((v, j) => (i === b && j === k ? v + by : v)));
        expect(got).toBeCloseTo((naive(moved(h)) - naive(moved(-h))) / (2 * h), 3);
      });
    });
  });

  it('puts the margin on the true class only', () => {
    const c = tf.tensor2d(cosine);
    const changed = tf.sub(applyMargin(arcFace(radians(m)), c, classes()), c).arraySync() as number[][];
    changed.forEach((row, b) => {
      row.forEach((value, k) => {
        if (k === labels[b]) expect(value).toBeLessThan(-0.05);
        else expect(value).toBe(0);
      });
    });
    const plain = applyMargin(noMargin, c, classes()).dataSync();
    expect([...plain]).toEqual([...c.dataSync()]);
  });
});
