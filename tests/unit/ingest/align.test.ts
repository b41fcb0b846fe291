import { describe, expect, it } from 'vitest';
import { alignFace, apply, inverse, similarity, TEMPLATE } from '../../../src/ingest/align.ts';
import { createPyramid, sample } from '../../../src/ingest/image-pyramid.ts';

const flat = (width: number, height: number, shade: (x: number, y: number) => number) => {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.fill(shade(x, y), (y * width + x) * 4, (y * width + x) * 4 + 3);
  return createPyramid({ width, height, data }, 1);
};

describe('alignment', () => {
  it('recovers a known similarity to float64 precision', () => {
    const known = {
      a: 1.7 * Math.cos(0.4),
      b: -1.7 * Math.sin(0.4),
      c: 31.25,
      d: 1.7 * Math.sin(0.4),
      e: 1.7 * Math.cos(0.4),
      f: -12.5,
    };
    const found = similarity(
      TEMPLATE,
      TEMPLATE.map((point) => apply(known, point)),
    );
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f'] as const) expect(found[key]).toBeCloseTo(known[key], 11);
    const back = inverse(known);
    for (const point of TEMPLATE) {
      const there = apply(back, apply(known, point));
      expect(Math.hypot(there.x - point.x, there.y - point.y)).toBeLessThan(1e-11);
    }
  });

  it('leaves the least squares when no similarity fits: moving any parameter makes it worse', () => {
    const to = TEMPLATE.map((point, i) => ({
      x: point.x + ([3, -2, 5, 1][i] ?? 0),
      y: point.y + ([0, 4, -3, 2][i] ?? 0),
    }));
    const cost = (a: number, d: number, c: number, f: number): number =>
      TEMPLATE.reduce((sum, point, i) => {
        const there = apply({ a, b: -d, c, d, e: a, f }, point);
        return sum + (there.x - (to[i]?.x ?? 0)) ** 2 + (there.y - (to[i]?.y ?? 0)) ** 2;
      }, 0);
    const { a, d, c, f } = similarity(TEMPLATE, to);
    const best = cost(a, d, c, f);
    for (const step of [1e-3, -1e-3]) {
      expect(cost(a + step, d, c, f)).toBeGreaterThan(best);
      expect(cost(a, d + step, c, f)).toBeGreaterThan(best);
      expect(cost(a, d, c + step, f)).toBeGreaterThan(best);
      expect(cost(a, d, c, f + step)).toBeGreaterThan(best);
    }
  });

  it('copies a picture whose points already lie on the template', () => {
    const picture = flat(112, 112, (x, y) => (x * 7 + y * 13) % 256);
    const points = TEMPLATE.map(({ x, y }) => ({ x: x + 0.5, y: y + 0.5 }));
    const { pixels, enlargement } = alignFace(picture, points);
    expect(enlargement).toBeCloseTo(1, 10);
    expect(pixels.data).toEqual(picture.levels[0]?.data);
  });

  it('averages areas when it shrinks', () => {
    const checks = flat(64, 64, (x, y) => ((x + y) % 2) * 200);
    const small = sample(checks, { a: 8, b: 0, c: 0, d: 0, e: 8, f: 0 }, 8, { kind: 'edge' });
    for (const value of small) expect(Math.abs(value - 100)).toBeLessThanOrEqual(1);
  });

  it('samples upright regions as it does turned ones', () => {
    const picture = flat(61, 47, (x, y) => (x * 37 + y * 91 + x * y) % 256);
    for (const outside of [{ kind: 'colour', value: 127.5 }, { kind: 'edge' }] as const) {
      for (const a of [-0.9, 0.3, 1, 1.4, 1.7, 2.6, 5]) {
        for (const [c, f] of [
          [-13.4, -20.2],
          [9.5, 7.25],
        ] as const) {
          const map = { a, b: 0, c, d: 0, e: Math.abs(a), f };
          // A turn too small to move a point is sampled point by point.
          const turned = sample(picture, { ...map, b: 1e-13 }, 24, outside);
          const upright = sample(picture, map, 24, outside);
          const off = Math.max(...upright.map((value, i) => Math.abs(value - (turned[i] ?? 0))));
          expect(off, `step ${a}, ${outside.kind}`).toBeLessThan(1e-3);
        }
      }
    }
  });
});
