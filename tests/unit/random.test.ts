import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/lib/random.ts';

describe('createRandom', () => {
  it('gives the same numbers for the same seed and others for another', () => {
    const draw = (seed: number): number[] => Array.from({ length: 5 }, createRandom(seed).next);
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });
  it('is uniform and normal to within sampling error', () => {
    const random = createRandom(3);
    const n = 20_000;
    const uniform = Array.from({ length: n }, random.next);
    const normal = Array.from({ length: n }, random.normal);
    const mean = (values: number[]): number => values.reduce((sum, v) => sum + v, 0) / n;
    expect(mean(uniform)).toBeCloseTo(0.5, 1);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((v) => v * v))).toBeCloseTo(1, 1);
  });
  it('shuffles to a permutation and forks to independent streams', () => {
    const random = createRandom(5);
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(random.shuffled(items).toSorted()).toEqual(items);
    const before = createRandom(5).fork('a').next();
    const other = createRandom(5);
    other.next();
    expect(other.fork('a').next()).toBe(before);
    expect(other.fork('b').next()).not.toBe(before);
  });
});
