import { describe, expect, it } from 'vitest';
import { spreadOf } from '../../../examples/mnist/angles.ts';
import { readDigits } from '../../../examples/mnist/digits.ts';
import { drawSpheres } from '../../../examples/mnist/svg.ts';

describe('the spheres of digits', () => {
  const tilt = Math.PI / 6;
  // Two classes: around x, 30 degrees off to either side, and exactly y; lengths do not matter.
  const embeddings = [
    ...[2 * Math.cos(tilt), 0, 2 * Math.sin(tilt)],
    ...[Math.cos(tilt), 0, -Math.sin(tilt)],
    ...[0, 5, 0],
  ];
  const labels = [0, 0, 1];

  it('measure angles within and between classes in degrees', () => {
    const spread = spreadOf(embeddings, labels, 2);
    expect(spread.within).toBeCloseTo(20, 6);
    expect(spread.between).toBeCloseTo(90, 6);
    expect(spread.centres[0]?.[0]).toBeCloseTo(1, 9);
  });

  it('are drawn with every class and point inside the ball', () => {
    const svg = drawSpheres([{ title: 'T', subtitle: 'S', spread: spreadOf(embeddings, labels, 2), labels }]);
    expect(svg).not.toContain('NaN');
    expect(svg.match(/<circle cx/g)).toHaveLength(3);
    for (const [, x, y] of svg.matchAll(/<circle cx="([-\d.]+)" cy="([-\d.]+)"/g)) {
      expect(Math.hypot(Number(x), Number(y))).toBeLessThanOrEqual(130.1);
    }
  });

  it('come from digits of which a fifth of each is kept out, the same ones each time', async () => {
    const { train, test } = await readDigits();
    expect(train.labels.length + test.labels.length).toBe(10_000);
    for (let digit = 0; digit < 10; digit++) {
      const count = (all: readonly number[]): number => all.filter((label) => label === digit).length;
      expect(count(test.labels) / (count(train.labels) + count(test.labels))).toBeCloseTo(0.2, 2);
    }
    const again = (await readDigits()).test.pixels;
    expect(again.every((value, i) => value === test.pixels[i])).toBe(true);
    expect(test.pixels.some((value) => value > 200)).toBe(true);
  });
});
