import { describe, expect, it } from 'vitest';
import type { VerificationReport } from '../../../src/domain/verification.ts';
import {
  identificationThreshold,
  type MeasuredModel,
  PRETRAINED_PAIRS,
  PRETRAINED_THRESHOLD,
  pairThresholds,
  upperQuantile,
} from '../../../src/recognise/threshold.ts';

/** Impostor cosines with mean m and deviation s: the threshold and false accept rate at z. */
const TAILS = { 1: 0.158655, 2: 0.0227501, 3: 0.0013499 } as const;
function measured(
  mean: number,
  deviation: number,
  at: readonly (keyof typeof TAILS)[],
  more: Partial<MeasuredModel> = {},
): MeasuredModel {
  const points = at.map((z) => ({
    name: 'equal-error-rate' as const,
    threshold: mean + deviation * z,
    far: TAILS[z],
    frr: 0.02,
  }));
  const [first = { name: 'equal-error-rate' as const, threshold: 0, far: 0, frr: 0 }] = points;
  const verification: VerificationReport = {
    genuinePairs: 500,
    impostorPairs: 5000,
    roc: [],
    auc: 1,
    eer: first.far,
    accuracy: 1,
    folds: 10,
    tarAtFar: { '1e-1': null, '1e-2': null, '1e-3': null },
    operatingPoints: points,
    threshold: first.threshold,
    far: first.far,
    frr: first.frr,
  };
  const chosen = {
    cosine: first.threshold,
    operatingPoint: 'equal-error-rate' as const,
    angleDegrees: 60,
    falseAcceptRate: first.far,
    falseRejectRate: first.frr,
    genuinePairs: 500,
    impostorPairs: 5000,
    measuredOn: 'people held out of training' as const,
  };
  return { chosen, verification, impostors: null, people: 10, ...more };
}

describe('quantiles of the normal distribution', () => {
  it.each([
    [0.5, 0],
    [0.158655, 1],
    [0.025, 1.959964],
    [1e-4, 3.719016],
    [2e-7, 5.068958],
    [0.841345, -1],
  ])('a share of %f lies above %f', (p, z) => {
    expect(upperQuantile(p)).toBeCloseTo(z, 4);
  });
});

describe('the threshold for naming people', () => {
  it('is extrapolated from one operating point, for fifty people at least', () => {
    const { cosine, operatingPoint, rates } = identificationThreshold(measured(0, 0.1, [2]));
    expect(cosine).toBeCloseTo(0.1 * upperQuantile(0.005 / 50), 3); // 0.372
    expect({ operatingPoint, rates }).toEqual({ operatingPoint: null, rates: null });
    expect(identificationThreshold(measured(0, 0.1, [2], { people: 2000 })).cosine).toBeCloseTo(
      0.1 * upperQuantile(0.005 / 2000),
      3,
    );
  });

  it('takes mean and deviation from two operating points that lie apart', () => {
    const { cosine } = identificationThreshold(measured(0.25, 0.1, [1, 2]));
    expect(cosine).toBeCloseTo(0.25 + 0.1 * upperQuantile(0.005 / 50), 3);
    expect(identificationThreshold(measured(0.25, 0.3, [1, 2])).cosine).toBe(0.95);
  });

  it('is by the scores of held-out people with the centres where there are some, whatever the pairs say', () => {
    const impostors = { mean: 0.05, deviation: 0.1, count: 2000 };
    const of = (people: number) =>
      identificationThreshold(measured(0.25, 0.1, [1, 2], { impostors, people }));
    expect(of(10)).toEqual({
      cosine: expect.closeTo(0.05 + 0.1 * 3.5401, 4),
      operatingPoint: null,
      rates: null,
    }); // z(2e-4)
    expect(of(2000).cosine).toBeCloseTo(0.05 + 0.1 * upperQuantile(0.01 / 2000), 6);
    const wide = measured(0, 0.1, [2], { impostors: { ...impostors, deviation: 0.9 } });
    expect(identificationThreshold(wide).cosine).toBe(0.95);
  });

  it('keeps a stricter threshold that was chosen, with its rates', () => {
    const given = measured(0, 0.1, [2]);
    const chosen = given.chosen && { ...given.chosen, cosine: 0.6 };
    expect(identificationThreshold({ ...given, chosen })).toEqual({
      cosine: 0.6,
      operatingPoint: 'equal-error-rate',
      rates: { falseAccept: TAILS[2], falseReject: 0.02 },
    });
  });

  it('is that of the pretrained network where nothing was measured', () => {
    expect(identificationThreshold({ chosen: null, verification: null, impostors: null, people: 3 })).toBe(
      PRETRAINED_THRESHOLD,
    );
  });
});

it('for two photos the threshold is the chosen one, with all that were measured, the loosest first', () => {
  const model = measured(0.1, 0.1, [3, 1, 2]);
  const { threshold, points } = pairThresholds(model);
  expect(threshold).toBe(model.chosen?.cosine);
  expect(points.map((point) => point.threshold)).toEqual([0.2, 0.3, 0.4].map((t) => expect.closeTo(t, 9)));
  const none = pairThresholds({ chosen: null, verification: null });
  expect(none).toEqual({ threshold: PRETRAINED_PAIRS.threshold, points: [] });
});
