import { describe, expect, it } from 'vitest';
import type { VerificationReport } from '../../../src/domain/verification.ts';
import { present } from '../../../src/lib/assert.ts';
import { areaError, EpochSelector } from '../../../src/train/run/best-epoch.ts';

const verification = (auc: number): VerificationReport => ({
  genuinePairs: 800,
  impostorPairs: 8000,
  roc: [],
  auc,
  eer: 0.1,
  accuracy: 0.9,
  folds: 10,
  tarAtFar: { '1e-1': null, '1e-2': null, '1e-3': null },
  operatingPoints: [],
  threshold: 0,
  far: 0.1,
  frr: 0.1,
});
const epoch = (auc: number | null, heldOutAccuracy: number | null, heldOutLoss = 1) => ({
  verification: auc === null ? null : verification(auc),
  heldOutAccuracy,
  heldOutLoss,
});

/** Number of the epoch that is kept in the end; the first is the untrained network, 0. */
function kept(epochs: readonly ReturnType<typeof epoch>[]): number {
  const [untrained, ...trained] = epochs;
  const judge = new EpochSelector(present(untrained, 'the untrained network'));
  return trained.reduce((best, now, i) => (judge.prefers(now) ? i + 1 : best), 0);
}

describe('the best epoch', () => {
  const noise = areaError(verification(0.9));

  it('is by the area under the curve; of two equal ones the earlier', () => {
    expect(kept([epoch(0.8, 0.5), epoch(0.8999, 0.7), epoch(0.9, 0.7)])).toBe(2);
    expect(kept([epoch(0.8, 0.5), epoch(0.9, 0.7), epoch(0.9, 0.7)])).toBe(1);
    expect(kept([epoch(0.8, 0.5), epoch(0.9, 0.7), epoch(0.9 + 2 * noise, 0.6)])).toBe(2);
    expect(kept([epoch(0.8, 0.5), epoch(0.9, 0.7), epoch(0.9 - 1.1 * noise, 1)])).toBe(1);
  });

  it('is by the held-out photos among areas within the noise of the largest', () => {
    expect(kept([epoch(0.8, 0.5), epoch(0.9, 0.7), epoch(0.9 - 0.9 * noise, 0.8)])).toBe(2);
    // However many small steps down there are, the largest area is what they are measured by.
    const down = [0, 0.6, 1.2, 1.8].map((steps, i) => epoch(0.9 - steps * noise, 0.6 + i / 10));
    expect(kept([epoch(0.8, 0.5), ...down])).toBe(2);
    // Also by one that was not kept itself.
    const up = [epoch(0.9, 0.8), epoch(0.9 + 0.5 * noise, 0.7), epoch(0.9 - 0.7 * noise, 0.9)];
    expect(kept([epoch(0.8, 0.5), ...up])).toBe(1);
    // Never one below the untrained network, where the noise would allow it.
    expect(kept([epoch(0.9, 0.5), epoch(0.9 + 0.5 * noise, 0.6), epoch(0.9 - 0.1 * noise, 1)])).toBe(1);
  });

  it('replaces the untrained network only by more than noise, or where other photos agree', () => {
    expect(kept([epoch(0.9, 0.8), epoch(0.9 + 1.1 * noise, 0.8)])).toBe(1);
    expect(kept([epoch(0.9, 0.8), epoch(0.9 + 0.9 * noise, 0.8)])).toBe(0);
    expect(kept([epoch(0.9, 0.8), epoch(0.9 + 0.9 * noise, 0.81)])).toBe(1);
    expect(kept([epoch(0.9, 0.8), epoch(0.9, 1)])).toBe(0);
    // Nothing is better than perfect.
    expect(kept([epoch(1, 0.8), epoch(1, 1)])).toBe(0);
  });

  it('is by held-out photos where too few people are held out, and the last where nothing is', () => {
    expect(kept([epoch(null, 0.4), epoch(null, 0.5), epoch(null, 0.5)])).toBe(1);
    expect(kept([epoch(null, 0.5), epoch(null, 0.6)])).toBe(1);
    expect(kept([epoch(null, 0.5), epoch(null, 0.5, 0.9)])).toBe(1);
    expect(kept([epoch(null, 0.5), epoch(null, 0.4, 0.1)])).toBe(0);
    expect(kept([epoch(null, null), epoch(null, null), epoch(null, null)])).toBe(2);
  });
});

describe('the error of an area', () => {
  it('is that of its formula, and 0 where there is nothing to err about', () => {
    // By hand: (0.16 + 9 * 0.02667 + 19 * 0.07111) / 200 = 0.008756.
    const of = (auc: number, genuinePairs: number, impostorPairs: number): number =>
      areaError({ auc, genuinePairs, impostorPairs });
    expect(of(0.8, 10, 20)).toBeCloseTo(Math.sqrt(0.008756), 4);
    expect(of(1, 10, 20)).toBe(0);
    // A coin over two pairs each: the exact variance of the Mann-Whitney statistic, (n + m + 1) / (12 n m).
    expect(of(0.5, 2, 2)).toBeCloseTo(Math.sqrt(5 / 48), 10);
    expect(of(0.8, 1000, 2000)).toBeLessThan(0.01);
  });
});
