import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-layers'; // brings the gradients of the library's operations
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/lib/random.ts';
import { headOf } from '../../../src/model/heads/create-head.ts';
import { lossOf } from '../../../src/model/heads/head.ts';
import { firstValues, NormStatistics } from '../../../src/model/margins/adaface/loss.ts';
import type { PastPi } from '../../../src/model/margins/arcface/loss.ts';
import { Progress } from '../../../src/model/margins/curricularface/loss.ts';
import { magFace } from '../../../src/model/margins/magface/loss.ts';
import { sphereFace2, startingBias } from '../../../src/model/margins/sphereface2/loss.ts';
import { meta as sphereFace2Meta } from '../../../src/model/margins/sphereface2/meta.ts';
import { ANGLES, CLASSES, cases, computed, LABELS, mixture, rowsOfCosines } from '../../margins/cases.ts';

/** Within this of 0 and pi a 32-bit cosine does not know its angle well enough to compare slopes. */
const ENDS = 0.02;

describe.each(cases)('$name', (one) => {
  const rows = rowsOfCosines();
  const wanted = rows.map((row, i) => one.reference(row, LABELS[i] ?? 0, i));
  const scalar = wanted[0]?.length === 1;
  /** The mixture of row i's entries, as a function of the row. */
  const mixed = (row: readonly number[], i: number): number => {
    const entries = (one.slopes ?? one.reference)(row, LABELS[i] ?? 0, i);
    const weights = mixture(scalar ? 1 : entries.length * rows.length);
    return entries.reduce((sum, v, k) => sum + v * (weights[scalar ? 0 : i * entries.length + k] ?? 0), 0);
  };

  it('has the values of its definition from 0 to pi', async () => {
    const { values } = await computed(one);
    if (scalar) {
      const sum = wanted.reduce((total, [part = Number.NaN]) => total + part, 0);
      expect(Math.abs((values[0] ?? Number.NaN) - sum)).toBeLessThan(2e-5 * Math.abs(sum));
      return;
    }
    wanted.forEach((entries, i) => {
      const angle = ANGLES[i] ?? 0;
      const ended = angle < ENDS || angle > Math.PI - ENDS;
      // On a corner 32 bits may choose the other side, e.g. of a jump.
      if (one.corner?.(rows[i] ?? [], LABELS[i] ?? 0, i)) return;
      entries.forEach((value, k) => {
        const got = values[i * entries.length + k] ?? Number.NaN;
        expect(Math.abs(got - value), `angle ${angle}, entry ${k}`).toBeLessThan(ended ? 3e-3 : 2e-5);
      });
    });
  });

  it('has the gradient of finite differences, finite also at both ends', async () => {
    const { slopes } = await computed(one);
    expect(slopes).toHaveLength(rows.length * CLASSES);
    expect([...slopes].every(Number.isFinite)).toBe(true);
    let compared = 0;
    rows.forEach((row, i) => {
      const angle = ANGLES[i] ?? 0;
      const label = LABELS[i] ?? 0;
      if (one.corner?.(row, label, i)) return;
      row.forEach((c, k) => {
        const isOwn = k === label;
        if (isOwn && (angle < ENDS || angle > Math.PI - ENDS)) return;
        const h = 1e-6;
        const moved = (by: number): number =>
          mixed(
            row.map((v, j) => (j === k ? v + by : v)),
            i,
          );
        const straight = mixture(rows.length * CLASSES)[i * CLASSES + k] ?? 0;
        const slope = isOwn && one.straight === true ? straight : (moved(h) - moved(-h)) / (2 * h);
        const got = slopes[i * CLASSES + k] ?? Number.NaN;
        expect(Math.abs(got - slope), `angle ${angle}, entry ${k}, cosine ${c}`).toBeLessThan(
          1e-3 * Math.max(scalar ? 0.01 : 1, Math.abs(slope)),
        );
        compared += 1;
      });
    });
    // Most of the grid is no corner.
    expect(compared).toBeGreaterThan(rows.length * CLASSES * 0.6);
  });
});

describe('what margins depend on besides cosines', () => {
  const config = {
    ...{ lowerMargin: 0.2, upperMargin: 0.8, lowerLength: 10, upperLength: 110, lengthWeight: 3 },
    ...{ easy: false, pastPi: 'continued' as PastPi },
  };

  // Before the margin turns past 180 degrees, and beyond.
  const FAR = -0.97;
  it.each<[string, number, boolean, PastPi, (c: number, m: number) => number]>([
    ['near', 0.4, false, 'continued', (c, m) => Math.cos(Math.acos(c) + m)],
    ['far, continued', FAR, false, 'continued', (c, m) => c + Math.cos(m) - 1],
    ['far, dropped', FAR, false, 'dropped', (c, m) => c - m * Math.sin(m)],
    ['far, cosine', FAR, false, 'cosine', (c, m) => Math.cos(Math.acos(c) + m)],
    ['near, easy', 0.4, true, 'continued', (c, m) => Math.cos(Math.acos(c) + m)],
    ['far, easy', FAR, true, 'continued', (c) => c],
  ])('MagFace learns through the length: margin and regulariser, %s', (_, c, easy, pastPi, margined) => {
    const f = (a: number): number => margined(c, 0.2 + 0.006 * (a - 10)) + 3 * (1 / a + a / 110 ** 2);
    const gradient = tf.grad((lengths) => {
      const made = magFace(
        { ...config, easy, pastPi },
        lengths as tf.Tensor2D,
        tf.tensor2d([[c, 0.1]]),
        tf.tensor1d([0], 'int32'),
      );
      return tf.add(tf.sum(tf.slice(made.cosines, [0, 0], [1, 1])), made.regulariser);
    })(tf.tensor2d([[40]]));
    expect(gradient.dataSync()[0]).toBeCloseTo((f(40 + 1e-4) - f(40 - 1e-4)) / 2e-4, 5);
  });

  it('AdaFace takes an embedding of usual length for usual quality, and the statistics follow slowly', () => {
    const statistics = new NormStatistics(tf.variable(tf.zeros([3])));
    statistics.update(tf.tensor2d([[10], [20], [30]]));
    expect([...statistics.values.dataSync()]).toEqual([20, 10, 1]);
    const q = statistics.quality(tf.tensor2d([[20], [35], [500], [1]]), 0.333).dataSync();
    expect([...q].map((v) => Number(v.toFixed(4)))).toEqual([0, 0.4995, 1, -0.6327]);
    statistics.update(tf.tensor2d([[120], [130], [140]]));
    expect(statistics.values.dataSync()[0]).toBeCloseTo(20 + 0.01 * 110, 4);
  });

  it("AdaFace's statistics can start as in the authors' program, and follow slowly from the first batch on", () => {
    const statistics = new NormStatistics(tf.variable(firstValues('fixed')));
    const norms = [2, 4, 9];
    statistics.update(tf.tensor2d(norms, [3, 1]));
    const mean = norms.reduce((sum, norm) => sum + norm, 0) / 3;
    const deviation = Math.sqrt(norms.reduce((sum, norm) => sum + (norm - mean) ** 2, 0) / 2);
    const wanted = [0.99 * 20 + 0.01 * mean, 0.99 * 100 + 0.01 * deviation, 1];
    statistics.values.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(wanted[i] ?? Number.NaN, 4);
    });
  });

  it("CurricularFace's t is a running mean of the target cosines", () => {
    const progress = new Progress(tf.variable(tf.scalar(0)));
    progress.update(
      tf.tensor2d([
        [0.5, 0],
        [0, 0.7],
      ]),
      tf.tensor1d([0, 1], 'int32'),
    );
    expect(progress.t.dataSync()[0]).toBeCloseTo(0.006, 6);
  });

  it('SphereFace2 starts at the bias with the smallest loss', () => {
    const settings = { margin: 0.2, positiveShare: 0.7, power: 3, lossWeight: 1, gradient: 'exact' } as const;
    const bias = startingBias(settings, 10, 12);
    const at = (b: number): number =>
      sphereFace2(settings, tf.zeros([1, 10]), tf.tensor1d([0], 'int32'), 12, tf.scalar(b)).dataSync()[0] ??
      Number.NaN;
    expect(at(bias)).toBeLessThan(at(bias + 0.3));
    expect(at(bias)).toBeLessThan(at(bias - 0.3));
  });

  it.each([
    ['with a warm-up no margin', 0.3, undefined, 0],
    ['without a warm-up the full margin', 0, undefined, 0.4],
    ['where a loop says so half of it', 0.3, 0.5, 0.2],
  ] as const)("SphereFace2's bias fits what training starts with: %s", (_, warmupFraction, strength, margin) => {
    const [classes, scale] = [50, 32];
    const config = { ...sphereFace2Meta.defaults, warmupFraction };
    const centres = tf.variable(tf.ones<tf.Rank.R2>([classes, 2]));
    const head = headOf(config, centres, scale, createRandom(1), strength);
    const bias = head.weights.find(({ name }) => name === 'bias')?.variable.dataSync()[0] ?? Number.NaN;
    // The loss of equation 7 while all cosines are 0, in 64 bits, and where it is smallest.
    const g = 2 * 0.5 ** config.power - 1;
    const softplus = (x: number): number => (x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x)));
    const loss = (b: number): number =>
      config.positiveShare * softplus(-scale * (g - margin) - b) +
      (1 - config.positiveShare) * (classes - 1) * softplus(scale * (g + margin) + b);
    let [low, high] = [-200, 200];
    while (high - low > 1e-6) {
      const third = (high - low) / 3;
      if (loss(low + third) < loss(high - third)) high -= third;
      else low += third;
    }
    expect(bias).toBeCloseTo(low, 3);
    head.weights.forEach(({ variable }) => {
      variable.dispose();
    });
  });
});

describe('plain softmax', () => {
  it('is a dense layer with bias: value and gradients', () => {
    const random = createRandom(3);
    const values = (count: number): number[] => Array.from({ length: count }, () => random.normal());
    const [x, w] = [values(8), values(12)];
    const centres = tf.variable(tf.tensor2d(w, [3, 4]));
    const head = headOf({ kind: 'softmax' }, centres, 1, random);
    const labels = [2, 0];
    const naive = (weights: readonly number[]): number => {
      const losses = labels.map((label, b) => {
        const z = [0, 1, 2].map((k) =>
          [0, 1, 2, 3].reduce((sum, d) => sum + (x[b * 4 + d] ?? 0) * (weights[k * 4 + d] ?? 0), 0),
        );
        return Math.log(z.reduce((sum, v) => sum + Math.exp(v), 0)) - (z[label] ?? 0);
      });
      return losses.reduce((sum, v) => sum + v, 0) / 2;
    };
    const { value, grads } = tf.variableGrads(
      () =>
        lossOf(head, tf.tensor2d(x, [2, 4]), tf.tensor1d(labels, 'int32'), {
          strength: 1,
          scale: 1,
          smoothing: 0,
        }).loss,
    );
    expect(value.dataSync()[0]).toBeCloseTo(naive(w), 5);
    const got = grads[centres.name]?.dataSync() ?? [];
    w.forEach((_, i) => {
      const moved = (by: number): number => naive(w.map((v, j) => (j === i ? v + by : v)));
      expect(got[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 4);
    });
  });
});
