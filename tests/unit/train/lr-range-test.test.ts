import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { createRandom } from '../../../src/lib/random.ts';
import {
  LrRangeTest,
  type RateRange,
  rangeFor,
  sweepRates,
} from '../../../src/train/lr-finder/lr-range-test.ts';

const RANGE: RateRange = { low: 1e-6, high: 1 };

/** A whole sweep over a curve, with noise of a batch on it. */
function sweepOver(curve: (rate: number) => number, noise = 0, steps = 100, seed = 1): LrRangeTest {
  const random = createRandom(seed);
  const sweep = new LrRangeTest(steps);
  for (const rate of sweepRates(RANGE, steps)) {
    if (!sweep.record(rate, curve(rate) + noise * random.normal())) break;
  }
  return sweep;
}

/** From 5 down to 1 around a rate, like a logistic over the decades, and up without end behind 0.05. */
const valley =
  (middle: number) =>
  (rate: number): number =>
    1 + 4 / (1 + (rate / middle) ** 1.5) + (rate > 0.05 ? (rate / 0.05) ** 3 : 0);

describe('a sweep', () => {
  it('spaces its rates evenly on the logarithm, ends included', () => {
    const rates = sweepRates(RANGE, 7);
    [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1].forEach((rate, i) => {
      expect(rates[i]).toBeCloseTo(rate, 12);
    });
  });

  it('tries larger rates with SGD than with AdamW', () => {
    expect(rangeFor(presets.quick.optimiser)).toEqual({ low: 1e-6, high: 1 });
    expect(rangeFor(presets.scratch.optimiser)).toEqual({ low: 1e-5, high: 10 });
  });

  it('smooths without a pull towards 0 at its beginning', () => {
    const { points } = sweepOver(() => 3, 0, 100);
    for (const { smoothed } of points) expect(smoothed).toBeCloseTo(3, 10);
    // Of two losses the later one weighs 1, the earlier one the decay: a lag of 9 steps of 100 is a decay of 0.9.
    const two = new LrRangeTest(100);
    two.record(1e-6, 1);
    two.record(1e-5, 2);
    expect(two.points[1]?.smoothed).toBeCloseTo((0.9 * 1 + 2) / 1.9, 12);
  });

  it.each([1, 2, 3, 4, 5])('finds the lower part of a descent in noise (%i)', (seed) => {
    const { rate, why } = sweepOver(valley(1e-3), 0.3, 100, seed).suggestion();
    // Two thirds are done at 1.6e-3; the smoothed loss lags behind by half a decade.
    expect(rate).toBeGreaterThan(1.6e-3);
    expect(rate).toBeLessThan(1e-2);
    expect(why).toMatch(/^Suggested: 0\.00\d+, where the loss .* From about 0\.\d+ on it diverges\.$/);
  });

  it('says the same with fewer steps, within half a decade', () => {
    const rates = [30, 50, 100].map((steps) => sweepOver(valley(1e-3), 0.1, steps).suggestion().rate ?? 0);
    expect(Math.max(...rates) / Math.min(...rates)).toBeLessThan(3);
  });

  it('moves with the curve', () => {
    const low = sweepOver(valley(1e-4)).suggestion().rate ?? 0;
    const high = sweepOver(valley(1e-3)).suggestion().rate ?? 0;
    expect(high / low).toBeGreaterThan(5);
    expect(high / low).toBeLessThan(20);
  });

  it('stops where the loss runs away, and looks only at what came before', () => {
    const sweep = sweepOver(valley(1e-3));
    expect(sweep.points.at(-1)?.rate).toBeLessThan(0.3);
    expect(sweep.points.at(-1)?.rate).toBeGreaterThan(0.05);
    // A fall behind that would not be believed.
    const back = sweepOver((rate) => (rate < 1e-2 ? 5 : rate < 1e-1 ? 50 : 0));
    expect(back.suggestion().rate).toBeNull();
  });

  it('takes a long flat bottom for what it is', () => {
    const sweep = sweepOver((rate) => 1 + 4 / (1 + (rate / 1e-3) ** 1.5), 0.2);
    expect(sweep.points).toHaveLength(100);
    const { rate, why } = sweep.suggestion();
    expect(rate).toBeLessThan(1e-2);
    expect(why).toContain('at no rate that was tested');
  });
});

describe('no suggestion is an answer', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('where there is nothing but noise (%i)', (seed) => {
    const sweep = sweepOver(() => 4, 0.5, 100, seed);
    expect(sweep.points).toHaveLength(100);
    expect(sweep.suggestion().rate).toBeNull();
    expect(sweep.suggestion().why).toContain('its noise between batches');
  });

  it('where the loss is flat, without any noise', () => {
    expect(sweepOver(() => 4).suggestion().why).toContain('its noise between batches');
  });

  it('where it only rises', () => {
    const sweep = sweepOver((rate) => 2 + (rate > 1e-4 ? Math.log10(rate / 1e-4) : 0), 0.05);
    expect(sweep.points.length).toBeLessThan(100);
    expect(sweep.suggestion().rate).toBeNull();
  });

  it('where it is not a number at once', () => {
    const sweep = sweepOver(() => Number.NaN);
    expect(sweep.points).toEqual([]);
    expect(sweep.suggestion().why).toMatch(/diverged at once, at a rate of 0\.000001\./);
    const soon = sweepOver((rate) => (rate > 3e-6 ? Number.POSITIVE_INFINITY : 2));
    expect(soon.suggestion().rate).toBeNull();
  });

  it('where the loss is next to 0 from the start', () => {
    const { rate, why } = sweepOver((r) => (r < 1e-3 ? 0.002 : 0)).suggestion();
    expect(rate).toBeNull();
    expect(why).toContain('nothing left to learn');
  });

  it('keeps only finite numbers in its points', () => {
    const sweep = sweepOver((rate) => (rate > 0.01 ? Number.NaN : valley(1e-3)(rate)));
    expect(sweep.points.every(({ loss, smoothed }) => Number.isFinite(loss + smoothed))).toBe(true);
    expect(sweep.suggestion().rate).not.toBeNull();
  });
});
