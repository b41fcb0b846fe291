import { describe, expect, it } from 'vitest';
import { rocFrom, smallestFar } from '../../../src/ui/charts/roc-points.ts';
import {
  countingTicks,
  decades,
  roundTicks,
  shareTicks,
  ticksFromZero,
} from '../../../src/ui/charts/ticks.ts';
import { significant } from '../../../src/ui/common/format.ts';

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

describe('shareTicks', () => {
  it.each([
    [0.873, [0.85, 0.9, 0.95, 1]],
    [0.984, [0.94, 0.96, 0.98, 1]],
    [1, [0.94, 0.96, 0.98, 1]],
    [0.31, [0.2, 0.4, 0.6, 0.8, 1]],
    [0.4, [0.2, 0.4, 0.6, 0.8, 1]],
    [0.02, [0, 0.5, 1]],
    [0, [0, 0.5, 1]],
    [Number.NaN, [0, 0.5, 1]],
  ])('from %d', (low, ticks) => expect(shareTicks(low)).toEqual(ticks));

  it('always holds the lowest value, above the axis where it is above 0, and ends at 1', () => {
    for (let low = 0.001; low <= 1; low += 0.0007) {
      const ticks = shareTicks(low);
      expect(ticks[0]).toBeLessThan(low);
      expect(ticks.at(-1)).toBe(1);
      expect(ticks.length).toBeLessThanOrEqual(7);
    }
  });
});

describe('ticksFromZero', () => {
  it.each([
    [0.0764, [0, 0.02, 0.04, 0.06, 0.08]],
    [1e-3, [0, 0.0005, 0.001]],
    [12.3, [0, 5, 10, 15]],
    [0, [0, 1]],
    [Number.NaN, [0, 1]],
  ])('to %d', (high, ticks) => expect(ticksFromZero(high)).toEqual(ticks));
});

describe('rocFrom', () => {
  const roc = [
    { far: 0, tar: 0 },
    { far: 0, tar: 0.7 },
    { far: 0.0001, tar: 0.72 },
    { far: 0.01, tar: 0.9 },
    { far: 1, tar: 1 },
  ];
  it('begins at the smallest rate that can be measured, with the accept rate reached there', () => {
    expect(smallestFar(4000)).toBe(1 / 4000);
    expect(rocFrom(roc, smallestFar(4000))).toEqual([
      { far: 1 / 4000, tar: 0.72 },
      { far: 0.01, tar: 0.9 },
      { far: 1, tar: 1 },
    ]);
  });

  it('never falls', () => {
    const rates = rocFrom(roc, 1e-5).map(({ tar }) => tar);
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
    expect(rates[0]).toBe(0.7);
  });
});

describe('significant', () => {
  it.each([
    [12.345, '12.3'],
    [0.04123, '0.0412'],
    [0.00008312, '8.31e-5'],
    [1234.5, '1235'],
    [0, '0.00'],
    [null, '—'],
    [Number.NaN, '—'],
  ])('%d as %s', (value, text) => expect(significant(value)).toBe(text));
});
