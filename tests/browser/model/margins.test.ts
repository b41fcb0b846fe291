import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/start.ts';
import { radians } from '../../../src/lib/brand.ts';
import { arcFace } from '../../../src/model/margins/arcface.ts';
import { combined } from '../../../src/model/margins/combined.ts';
import { cosFace } from '../../../src/model/margins/cosface.ts';
import { sphereFace } from '../../../src/model/margins/sphereface.ts';

/** The margins on every backend, against plain JavaScript's, which tests/unit/model/margins.test.ts holds to its definition. */
const margins = [
  ['ArcFace', arcFace(radians(0.5))],
  ['CosFace', cosFace(0.35)],
  ['SphereFace', sphereFace(1.35)],
  ['combined', combined({ m1: 1.2, m2: radians(0.3), m3: 0.1 })],
] as const;

// No multiple of what the kernels take at once; the ends are in it.
const angles = Array.from({ length: 101 }, (_, i) => (i * Math.PI) / 100);
const cosines = Float32Array.from(angles, Math.cos);

async function curves(margin: (typeof margins)[number][1]): Promise<number[][]> {
  const both = tf.tidy(() => {
    const c = tf.tensor2d(cosines, [101, 1]);
    return [margin.value(c), margin.derivative(c)];
  });
  const numbers = await Promise.all(both.map(async (tensor) => Array.from(await tensor.data())));
  tf.dispose(both);
  return numbers;
}

describe.each(['simd', 'webgl', 'webgpu'] as const)('on %s', (backend) => {
  it.each(margins)('%s is what it is elsewhere', async (_name, margin) => {
    await startBackend('cpu');
    const [values = [], slopes = []] = await curves(margin);
    await startBackend(backend);
    const [gotValues = [], gotSlopes = []] = await curves(margin);
    const angleCounts = (i: number): boolean => i > 1 && i < 99;
    expect(gotValues.length).toBe(101);
    values.forEach((value, i) => {
      const apart = Math.abs((gotValues[i] ?? Number.NaN) - value);
      expect(apart, `angle ${i} of 100`).toBeLessThan(angleCounts(i) ? 2e-4 : 5e-3);
      const slope = slopes[i] ?? Number.NaN;
      const got = gotSlopes[i] ?? Number.NaN;
      expect(Number.isFinite(got)).toBe(true);
      // At the ends the derivative is as large as the smallest sine allows, and what it multiplies is 0.
      if (angleCounts(i)) expect(Math.abs(got - slope)).toBeLessThan(2e-3 * Math.max(1, Math.abs(slope)));
    });
  });
});
