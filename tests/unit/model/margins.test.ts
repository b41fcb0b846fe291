import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { radians } from '../../../src/lib/brand.ts';
import { arcFace, SMALLEST_SINE } from '../../../src/model/margins/arcface.ts';

/** The definition, in angles and 64 bits: cos(theta + m), past pi the line that keeps falling. */
const reference = (theta: number, m: number): number =>
  theta + m <= Math.PI ? Math.cos(theta + m) : Math.cos(theta) + Math.cos(m) - 1;

const angles = Array.from({ length: 181 }, (_, i) => (i * Math.PI) / 180);

describe.each([0, 0.1, 0.5, 1, 1.5])('ArcFace with m = %f', (m) => {
  const margin = arcFace(radians(m));
  const cosines = Float32Array.from(angles, Math.cos);
  const values = margin.value(tf.tensor1d(cosines)).dataSync();
  const slopes = margin.derivative(tf.tensor1d(cosines)).dataSync();

  it('is cos(theta + m) and keeps falling past pi', () => {
    angles.forEach((theta, i) => {
      // Near 0 and pi a cosine in 32 bits knows its angle only to 3e-4.
      expect(values[i]).toBeCloseTo(reference(theta, m), 3);
      if (i > 0) expect(values[i]).toBeLessThan((values[i - 1] ?? 0) + 1e-6);
    });
    expect(values.at(-1)).toBeLessThanOrEqual(-1 + 1e-6);
  });

  it('has the slope of finite differences, and a finite one at both ends', () => {
    const h = 1e-6;
    const turn = Math.PI - m;
    angles.forEach((theta, i) => {
      const slope = slopes[i] ?? Number.NaN;
      expect(Number.isFinite(slope)).toBe(true);
      if (theta < 0.02 || theta > Math.PI - 0.02 || Math.abs(theta - turn) < 0.01) return;
      const rise = reference(theta + h, m) - reference(theta - h, m);
      const expected = rise / (Math.cos(theta + h) - Math.cos(theta - h));
      expect(Math.abs(slope - expected)).toBeLessThan(2e-3 * Math.max(1, Math.abs(expected)));
    });
    expect(Math.abs(slopes[0] ?? 0)).toBeLessThanOrEqual(1 + 1 / SMALLEST_SINE);
  });
});
