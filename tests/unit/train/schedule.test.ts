import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { chooseScale } from '../../../src/model/scale.ts';
import { learningRate, marginStrength } from '../../../src/train/step/schedule.ts';

describe('schedules', () => {
  const config = {
    learningRate: 0.1,
    schedule: { kind: 'cosine', warmupFraction: 0.1, finalFraction: 0.01 },
  } as const;
  it('warms up, peaks at the full rate and ends at the final share', () => {
    const rates = Array.from({ length: 100 }, (_, step) => learningRate(config, step, 100));
    expect(rates[0]).toBeGreaterThan(0);
    expect(Math.max(...rates)).toBeCloseTo(0.1, 10);
    expect(rates.indexOf(Math.max(...rates))).toBe(10);
    expect(rates.at(-1)).toBeCloseTo(0.001, 10);
  });
  it('has the values of its formula', () => {
    const at = (step: number, total: number): number => learningRate(config, step, total);
    // Warm-up over 10 of 101 steps in elevenths, so that the full rate comes at the eleventh.
    expect(at(0, 101)).toBeCloseTo(0.1 / 11, 12);
    expect(at(9, 101)).toBeCloseTo((0.1 * 10) / 11, 12);
    expect(at(10, 101)).toBeCloseTo(0.1, 12);
    // Then half a cosine over 90 steps: a third, a half and all of the way down from 0.1 to 0.001.
    expect(at(40, 101)).toBeCloseTo(0.001 + 0.099 * 0.75, 12);
    expect(at(55, 101)).toBeCloseTo(0.001 + 0.099 * 0.5, 12);
    expect(at(100, 101)).toBeCloseTo(0.001, 12);
    // Runs of one or two steps are no special case, and nothing is ever negative or past the full rate.
    expect(at(0, 1)).toBeCloseTo(0.1, 12);
    expect(at(1, 2)).toBeCloseTo(0.001, 12);
    const only = { learningRate: 0.1, schedule: { ...config.schedule, warmupFraction: 1 } } as const;
    expect(learningRate(only, 9, 10)).toBeCloseTo((0.1 * 10) / 11, 12);
  });
  it('grows the margin from nothing to all', () => {
    const { margin } = presets.quick;
    expect(marginStrength(margin, 0, 100)).toBe(0);
    expect(marginStrength(margin, 15, 100)).toBeCloseTo(0.5);
    expect(marginStrength(margin, 30, 100)).toBe(1);
    expect(marginStrength({ kind: 'none' }, 50, 100)).toBe(0);
  });
});

describe('choices', () => {
  it('takes the scale from the number of people, at least 8, or from the settings', () => {
    expect(chooseScale('auto', 10_000).value).toBeCloseTo(Math.SQRT2 * Math.log(9999), 6);
    expect(chooseScale('auto', 2).value).toBe(8);
    expect(chooseScale(32, 10).value).toBe(32);
  });
});
