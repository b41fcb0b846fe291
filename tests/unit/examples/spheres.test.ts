import { describe, expect, it } from 'vitest';
import { spreadOf, type Vector } from '../../../examples/mnist/angles.ts';
import { parseArguments } from '../../../examples/mnist/arguments.ts';
import { readDigits } from '../../../examples/mnist/digits.ts';
import { drawSpheres } from '../../../examples/mnist/svg.ts';
import { legibleTurn } from '../../../examples/mnist/turn.ts';

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

  it('are drawn with every dot inside the ball, and each where it belongs', () => {
    const svg = drawSpheres([
      { title: 'T', subtitles: ['S'], spread: spreadOf(embeddings, labels, 2), labels },
    ]);
    expect(svg).not.toContain('NaN');
    // Tenths of a ball with radius 105.
    const dots = [...svg.matchAll(/M(-?\d+) (-?\d+)h0/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
    expect(dots).toHaveLength(labels.length);
    for (const [x, y] of dots) expect(Math.hypot(x, y)).toBeLessThanOrEqual(1051);
    expect(svg.match(/<path /g)?.length).toBeGreaterThanOrEqual(2); // a class has a colour of its own
  });

  it('are turned as a whole, so that no two names hide each other', () => {
    const { centres } = spreadOf([1, 0, 0, -1, 0, 0, 0, 1, 0], [0, 1, 2], 3);
    const turned = centres.map(legibleTurn(centres));
    const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    const [a, b, c] = turned as [Vector, Vector, Vector];
    expect([dot(a, a), dot(b, b), dot(c, c)].map((v) => v.toFixed(9))).toEqual(Array(3).fill('1.000000000'));
    expect(dot(a, b)).toBeCloseTo(-1, 9);
    expect(dot(a, c)).toBeCloseTo(0, 9);
    // Right and left, and up: looked at along the axis of the first two these would lie on each other.
    expect(Math.hypot(a[0] - b[0], a[1] - b[1])).toBeGreaterThan(1.2);
    expect(Math.hypot(a[0] - c[0], a[1] - c[1])).toBeGreaterThan(1);
    // A turn, no mirror image: the triple product keeps its sign.
    const axes: Vector[] = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    const [x, y, z] = axes.map(legibleTurn(centres)) as [Vector, Vector, Vector];
    const cross: Vector = [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]];
    expect(dot(cross, z)).toBeCloseTo(1, 9);
  });

  it('are asked for by name and seed, and what is not there is named', () => {
    expect(parseArguments([]).losses.map(({ title }) => title)).toEqual([
      'Softmax',
      'ArcFace',
      'CosFace',
      'SphereFace',
    ]);
    const some = parseArguments(['--only', 'ArcFace,softmax', '--seed', '7', '--out', 'x.svg']);
    expect(some.losses.map(({ title }) => title)).toEqual(['Softmax', 'ArcFace']);
    expect(some).toMatchObject({ seed: 7, out: 'x.svg' });
    expect(() => parseArguments(['--only', 'arc'])).toThrow('there is no "arc"');
    expect(() => parseArguments(['--seed', '1.5'])).toThrow('whole number');
    expect(() => parseArguments(['--sed', '1'])).toThrow('--only softmax');
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
