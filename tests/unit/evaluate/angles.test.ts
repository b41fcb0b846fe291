import { describe, expect, it } from 'vitest';
import { angleHistogram } from '../../../src/evaluate/angles.ts';
import { createRandom } from '../../../src/lib/random.ts';

const cosine = (degrees: number): number => Math.cos((degrees * Math.PI) / 180);
const filled = (bins: readonly number[]): Record<number, number> =>
  Object.fromEntries([...bins.entries()].filter(([, count]) => count > 0));

describe('angleHistogram', () => {
  it('counts the angle to the target class and to the nearest other one in bins of three degrees', () => {
    const cosines = Float32Array.from([10, 80, 70, 100, 31, 61].map(cosine));
    const histogram = angleHistogram({ cosines, classes: 3, labels: [0, 1] });
    expect(histogram.binWidth).toBe(3);
    expect(histogram.target).toHaveLength(60);
    expect(filled(histogram.target)).toEqual({ 3: 1, 10: 1 });
    expect(filled(histogram.nearestOther)).toEqual({ 23: 1, 20: 1 });
    expect(histogram.targetMean).toBeCloseTo((10 + 31) / 2, 4);
    expect(histogram.nearestOtherMean).toBeCloseTo((70 + 61) / 2, 4);
  });

  it('survives cosines that rounding took past 1, and puts 180 degrees into the last bin', () => {
    const histogram = angleHistogram({
      cosines: Float32Array.of(1.0000002, -1.0000002),
      classes: 2,
      labels: [0],
    });
    expect(filled(histogram.target)).toEqual({ 0: 1 });
    expect(filled(histogram.nearestOther)).toEqual({ 59: 1 });
    expect(histogram.nearestOtherMean).toBe(180);
  });

  it('has no other centre with one class, and no angle without faces', () => {
    const one = angleHistogram({ cosines: Float32Array.of(0, 1), classes: 1, labels: [0, 0] });
    expect(filled(one.target)).toEqual({ 0: 1, 30: 1 });
    expect(filled(one.nearestOther)).toEqual({});
    expect(one.nearestOtherMean).toBe(0);
    expect(angleHistogram({ cosines: new Float32Array(0), classes: 4, labels: [] }).targetMean).toBe(0);
  });

  it('agrees with a plain reading of the definition', () => {
    const random = createRandom(3);
    const [faces, classes] = [50, 6];
    const cosines = Float32Array.from({ length: faces * classes }, () => random.between(-1, 1));
    const labels = Array.from({ length: faces }, () => random.below(classes));
    const angles = Array.from(cosines, (value) => (Math.acos(value) * 180) / Math.PI);
    const others = labels.map((label, i) =>
      Math.min(...angles.slice(i * classes, (i + 1) * classes).filter((_, k) => k !== label)),
    );
    const histogram = angleHistogram({ cosines, classes, labels });
    expect(histogram.nearestOtherMean).toBeCloseTo(others.reduce((a, b) => a + b, 0) / faces, 9);
    for (let bin = 0; bin < 60; bin++) {
      expect(histogram.nearestOther[bin]).toBe(
        others.filter((angle) => Math.floor(angle / 3) === bin).length,
      );
    }
  });

  it('names a network that has diverged', () => {
    const run = () => angleHistogram({ cosines: Float32Array.of(0.5, Number.NaN), classes: 2, labels: [0] });
    expect(run).toThrow(/NaN/);
  });
});
