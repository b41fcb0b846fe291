import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { radians } from '../../../src/lib/brand.ts';
import { arcFace } from '../../../src/model/margins/arcface/loss.ts';
import { combined } from '../../../src/model/margins/combined/loss.ts';
import { cosFace } from '../../../src/model/margins/cosface/loss.ts';
import { noMargin } from '../../../src/model/margins/none/loss.ts';
import { SMALLEST_SINE } from '../../../src/model/margins/shared/angle.ts';
import type { Margin } from '../../../src/model/margins/shared/apply-margin.ts';
import { sphereFace } from '../../../src/model/margins/sphereface/loss.ts';

/**
 * Every margin against its definition, in angles and 64 bits, and its slope against finite differences of that, from 0
 * to pi with both ends.
 */

/** cos(m1 theta + m2) - m3; past pi the line that keeps falling. */
const general =
  (m1: number, m2: number, m3: number) =>
  (theta: number): number =>
    m1 * theta + m2 <= Math.PI
      ? Math.cos(m1 * theta + m2) - m3
      : Math.cos(theta) - Math.cos((Math.PI - m2) / m1) - 1 - m3;

/** Piece by piece, as the paper has it. */
const psi =
  (m: number) =>
  (theta: number): number => {
    const k = Math.min(Math.floor((m * theta) / Math.PI), Math.ceil(m) - 1);
    return (-1) ** k * Math.cos(m * theta) - 2 * k;
  };

interface Case {
  readonly name: string;
  readonly margin: Margin;
  readonly definition: (theta: number) => number;
  /** Angles where the slope jumps. */
  readonly corners: readonly number[];
}

const cases: readonly Case[] = [
  { name: 'none', margin: noMargin, definition: Math.cos, corners: [] },
  ...[0, 0.1, 0.5, 1, 1.5].map((m) => ({
    name: `ArcFace, m = ${m}`,
    margin: arcFace(radians(m)),
    definition: general(1, m, 0),
    corners: [Math.PI - m],
  })),
  ...[0, 0.35, 1].map((m3) => ({
    name: `CosFace, m3 = ${m3}`,
    margin: cosFace(m3),
    definition: general(1, 0, m3),
    corners: [],
  })),
  ...[1, 1.35, 2, 4].map((m1) => ({
    name: `SphereFace, m1 = ${m1}`,
    margin: sphereFace(m1),
    definition: psi(m1),
    corners: [1, 2, 3].map((k) => (k * Math.PI) / m1),
  })),
  ...(
    [
      [1, 0, 0],
      [1, 0.5, 0],
      [1, 0.3, 0.2],
      [1.2, 0.1, 0.05],
      [3, 0.4, 0.3],
    ] as const
  ).map(([m1, m2, m3]) => ({
    name: `combined, ${m1} ${m2} ${m3}`,
    margin: combined({ m1, m2: radians(m2), m3 }),
    definition: general(m1, m2, m3),
    corners: [(Math.PI - m2) / m1],
  })),
];

const angles = Array.from({ length: 721 }, (_, i) => (i * Math.PI) / 720);
const cosines = Float32Array.from(angles, Math.cos);

describe.each(cases)('$name', ({ margin, definition, corners }) => {
  const values = margin.value(tf.tensor1d(cosines)).dataSync();
  const slopes = margin.derivative(tf.tensor1d(cosines)).dataSync();

  it('has the values of its definition, and never rises', () => {
    angles.forEach((theta, i) => {
      const value = values[i] ?? Number.NaN;
      // Near 0 and pi a cosine in 32 bits knows its angle only to 3e-4; else to some 1e-7.
      const exact =
        theta > 0.02 && theta < Math.PI - 0.02 && !corners.some((c) => Math.abs(c - theta) < 1e-5);
      expect(Math.abs(value - definition(theta))).toBeLessThan(exact ? 2e-5 : 3e-3);
      if (i > 0) expect(value).toBeLessThan((values[i - 1] ?? 0) + 1e-6);
    });
  });

  it('has the slope of finite differences, and a finite one at both ends', () => {
    const h = 1e-6;
    angles.forEach((theta, i) => {
      const slope = slopes[i] ?? Number.NaN;
      expect(Number.isFinite(slope)).toBe(true);
      expect(slope).toBeGreaterThan(-1e-3);
      if (theta < 0.02 || theta > Math.PI - 0.02) return;
      if (corners.some((corner) => Math.abs(theta - corner) < 0.01)) return;
      const rise = definition(theta + h) - definition(theta - h);
      const expected = rise / (Math.cos(theta + h) - Math.cos(theta - h));
      expect(Math.abs(slope - expected)).toBeLessThan(1e-3 * Math.max(1, Math.abs(expected)));
    });
    expect(Math.abs(slopes[0] ?? 0)).toBeLessThanOrEqual(4 / SMALLEST_SINE);
  });

  it('is finite for cosines that overshoot by rounding', () => {
    const over = tf.tensor1d([1.0000002, -1.0000002]);
    for (const numbers of [margin.value(over), margin.derivative(over)]) {
      expect(Array.from(numbers.dataSync()).every(Number.isFinite)).toBe(true);
    }
  });
});
