import { describe, expect, it } from 'vitest';
import { countingTicks, decades, roundTicks } from '../../../src/ui/charts/ticks.ts';

describe('countingTicks', () => {
  it.each([
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [10, [0, 2, 4, 6, 8, 10]],
    [36, [0, 10, 20, 30]],
    [90, [0, 20, 40, 60, 80]],
    [120, [0, 20, 40, 60, 80, 100, 120]],
    [1_000_000, [0, 200_000, 400_000, 600_000, 800_000, 1_000_000]],
  ])('has round places up to %i', (last, ticks) => expect(countingTicks(last)).toEqual(ticks));

  it('never has more than seven, nor one past the end', () => {
    for (let last = 1; last < 5000; last += 7) {
      const ticks = countingTicks(last);
      expect(ticks.length).toBeLessThanOrEqual(7);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.at(-1)).toBeLessThanOrEqual(last);
    }
  });

  it('has the origin alone where there is nothing', () => {
    expect(countingTicks(0)).toEqual([0]);
    expect(countingTicks(Number.NaN)).toEqual([0]);
  });
});

describe('decades', () => {
  it.each([
    [1e-6, 1, [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1]],
    [1e-6 * (1 - 1e-12), 0.1 * (1 - 1e-12), [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1]],
    [2e-3, 5e-2, [1e-2]],
    [2e-3, 5e-3, []],
    [0, 1, []],
    [1, Number.NaN, []],
  ])('%d to %d', (low, high, ticks) => {
    expect(decades(low, high)).toEqual(ticks);
  });
});

describe('roundTicks', () => {
  it.each([
    [0.04, 1.03, [0, 0.5, 1, 1.5]],
    [0, 0.3, [0, 0.1, 0.2, 0.3]],
    [2.58, 7.15, [2, 4, 6, 8]],
    [4.93, 6.3, [4.5, 5, 5.5, 6, 6.5]],
    [-1, 1, [-1, -0.5, 0, 0.5, 1]],
    [3, 3, []],
    [0, Number.POSITIVE_INFINITY, []],
  ])('%d to %d', (low, high, ticks) => {
    expect(roundTicks(low, high)).toEqual(ticks);
  });
});
