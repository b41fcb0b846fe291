import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { EpochReport, SplitReport } from '../../../src/domain/training-report.ts';
import type { VerificationReport } from '../../../src/domain/verification.ts';
import { verdictOf } from '../../../src/state/run/verdict.ts';

type Judged = Parameters<typeof verdictOf>[0];

const verification = (accuracy: number, auc = 0.9): VerificationReport => ({
  genuinePairs: 950,
  impostorPairs: 4000,
  roc: [],
  auc,
  eer: 0.1,
  accuracy,
  folds: 10,
  tarAtFar: { '1e-1': null, '1e-2': null, '1e-3': null },
  operatingPoints: [],
  threshold: 0.3,
  far: 0.02,
  frr: 0.04,
});
const report = (epoch: number, verified: number | null, validation: number | null): EpochReport => ({
  epoch,
  step: epoch,
  loss: null,
  trainAccuracy: 1,
  heldOutAccuracy: validation,
  heldOutLoss: null,
  verification: verified === null ? null : verification(verified),
  angles: { binWidth: 3, target: [], nearestOther: [], targetMean: 30, nearestOtherMean: 80 },
  best: true,
});
const split = (heldOut: number): SplitReport => ({
  trainPeople: 4,
  trainPhotos: 40,
  heldOutPhotos: 10,
  verificationPeople: Array.from({ length: heldOut }, (_, i) => `p${i}`),
  verificationPhotos: 20 * heldOut,
  notMeasured: [],
});
const ended = (before: number | null, after: number | null, change: Partial<Judged> = {}): Judged => ({
  status: 'done',
  config: presets.quick,
  split: split(after === null ? 0 : 11),
  baseline: report(0, before, 0.8),
  best: report(7, after, 0.9),
  curve: Array.from({ length: 11 }, (_, epoch) => ({
    epoch,
    step: epoch,
    loss: null,
    trainAccuracy: null,
    heldOutAccuracy: null,
    auc: null,
    eer: null,
    verification: null,
    targetMean: 30,
    otherMean: 80,
  })),
  report: null,
  ...change,
});

describe('the verdict on a run', () => {
  it('is not given while it goes on', () => {
    for (const status of ['preparing', 'running', 'paused'] as const) {
      expect(verdictOf(ended(0.9, 0.95, { status }))).toBeNull();
    }
  });

  it('says how many pairs are decided correctly, on how many people, and how many before', () => {
    expect(verdictOf(ended(0.929, 0.957))).toEqual({
      kind: 'better',
      sentence:
        'On 11 people it never saw, the model decides 95.7 % of the pairs correctly (92.9 % before training).',
      more: 'The best epoch, 7 of 10, is kept.',
    });
  });

  it('claims nothing for a difference within chance', () => {
    const verdict = verdictOf(ended(0.929, 0.935));
    expect(verdict?.kind).toBe('within-chance');
    expect(verdict?.sentence).toMatch(/93\.5 %.*Before training it was 92\.9 %.*within chance \(±1\.7 %\)/);
    // The same gain is beyond chance where errors are rare.
    expect(verdictOf(ended(0.99, 0.998))?.kind).toBe('better');
    expect(verdictOf(ended(0.985, 0.99))?.more).toMatch(/hardly need training/);
  });

  it('says that it got worse, and that no epoch was better', () => {
    const worse = verdictOf(ended(0.929, 0.9));
    expect(worse?.kind).toBe('worse');
    expect(worse?.sentence).toContain('90.0 % of the pairs correctly, fewer than before training (92.9 %)');
    const kept = verdictOf(ended(0.9, 0.9, { best: report(0, 0.9, 0.8) }));
    expect(kept?.kind).toBe('not-better');
    expect(kept?.more).toContain('the network before training is kept');
  });

  it('says with too few people what was measured and what was not', () => {
    const few = verdictOf(ended(null, null));
    expect(few?.kind).toBe('not-verified');
    expect(few?.sentence).toContain('90.0 % of the validation photos of 4 people (80.0 % before training)');
    expect(few?.more).toContain('too few people');
    const nothing = verdictOf(
      ended(null, null, { best: report(10, null, null), baseline: report(0, null, null) }),
    );
    expect(nothing?.sentence).toContain('too few to measure');
    const heldOut = { peopleFraction: 0, photosFraction: 0.2 };
    expect(verdictOf(ended(null, null, { config: { ...presets.quick, heldOut } }))?.more).toContain(
      'as the settings ask',
    );
  });

  it('says that there is no result when the run was stopped early or failed', () => {
    const none = { best: null, baseline: null, split: null };
    expect(verdictOf(ended(null, null, { ...none, status: 'stopped' }))?.sentence).toContain(
      'before training',
    );
    expect(verdictOf(ended(null, null, { ...none, status: 'failed' }))?.kind).toBe('no-result');
    expect(verdictOf(ended(0.9, 0.95, { status: 'failed' }))?.sentence).toContain('model is lost');
    expect(verdictOf(ended(0.929, 0.957, { status: 'stopped' }))?.more).toContain(
      'Stopped after epoch 10 of 10',
    );
  });
});
