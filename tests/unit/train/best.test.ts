import { describe, expect, it } from 'vitest';
import type { VerificationReport } from '../../../src/protocol/trainer.ts';
import { areaError, isBetter } from '../../../src/train/best.ts';

const verification = (auc: number): VerificationReport => ({
  genuinePairs: 800,
  impostorPairs: 8000,
  roc: [],
  auc,
  eer: 0.1,
  accuracy: 0.9,
  folds: 10,
  tarAtFar: { '1e-1': null, '1e-2': null, '1e-3': null },
  threshold: 0,
  far: 0.1,
  frr: 0.1,
});
const epoch = (number: number, auc: number | null, heldOutAccuracy: number | null, heldOutLoss = 1) => ({
  epoch: number,
  verification: auc === null ? null : verification(auc),
  heldOutAccuracy,
  heldOutLoss,
});

describe('the best epoch', () => {
  it('is by the area under the curve; of two equal ones the earlier', () => {
    expect(isBetter('verification', epoch(2, 0.9, 0), epoch(1, 0.8999, 1))).toBe(true);
    expect(isBetter('verification', epoch(2, 0.9, 1), epoch(1, 0.9, 0))).toBe(false);
  });

  it('replaces the untrained network only by more than noise, or where other photos agree', () => {
    const untrained = epoch(0, 0.9, 0.8);
    const noise = areaError(verification(0.9));
    expect(isBetter('verification', epoch(1, 0.9 + 1.1 * noise, 0.8), untrained)).toBe(true);
    expect(isBetter('verification', epoch(1, 0.9 + 0.9 * noise, 0.8), untrained)).toBe(false);
    expect(isBetter('verification', epoch(1, 0.9 + 0.9 * noise, 0.81), untrained)).toBe(true);
    expect(isBetter('verification', epoch(1, 0.9, 1), untrained)).toBe(false);
    // Nothing is better than perfect.
    expect(isBetter('verification', epoch(1, 1, 1), epoch(0, 1, 0.8))).toBe(false);
  });

  it('is by held-out photos where too few people are held out, and the last where nothing is', () => {
    expect(isBetter('held-out', epoch(2, null, 0.5), epoch(1, null, 0.5))).toBe(false);
    expect(isBetter('held-out', epoch(2, null, 0.6), epoch(0, null, 0.5))).toBe(true);
    expect(isBetter('held-out', epoch(1, null, 0.5, 0.9), epoch(0, null, 0.5))).toBe(true);
    expect(isBetter('held-out', epoch(1, null, 0.4, 0.1), epoch(0, null, 0.5))).toBe(false);
    expect(isBetter('last', epoch(2, null, null), epoch(0, null, null))).toBe(true);
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
