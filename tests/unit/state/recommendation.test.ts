import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { type DataSnapshot, EMPTY } from '../../../src/state/data/people.ts';
import {
  isFollowed,
  type PastResult,
  pastResultsOf,
  recommend,
} from '../../../src/state/run/recommendation.ts';
import { applyRecommendation } from '../../../src/state/run/run-actions.ts';
import { runDataOf } from '../../../src/state/run/run-data.ts';
import { beginRun, initialRuns, runStore } from '../../../src/state/run/run-store.ts';
import { checkForm, type Json, writePath } from '../../../src/state/settings/settings-form.ts';
import { settingsStore } from '../../../src/state/settings/settings-store.ts';
import { dataSet, equalSet } from '../../fixtures/people.ts';

const data = dataSet;
const equal = equalSet;
const result = (preset: PastResult['preset'], before: number, after: number): PastResult => ({
  preset,
  before,
  after,
  pretrained: preset !== 'scratch',
});
const recommended = (snapshot: DataSnapshot, pastResults: readonly PastResult[] = []) => {
  const recommendation = recommend(snapshot, pastResults);
  if (!recommendation) throw new Error('no recommendation');
  return recommendation;
};
const changed = (snapshot: DataSnapshot): Record<string, Json> =>
  Object.fromEntries(recommended(snapshot).changes.map(({ path, value }) => [path, value]));

describe('the recommendation for data', () => {
  it('is nothing where nothing can be trained', () => {
    expect(recommend(EMPTY, [])).toBeNull();
    expect(recommend(data([9, 0]), [])).toBeNull();
  });

  it('is Quick in small batches for 6 people with 10 photos each, and what cannot be measured', () => {
    const { preset, why, limits } = recommended(equal(6, 10));
    expect(preset).toBe('quick');
    expect(why).toContain('60 photos of 6 people');
    expect(changed(equal(6, 10))).toEqual({ batchSize: 8 });
    expect(limits).toHaveLength(1);
  });

  it('gives every size of data at least 40 updates, and no more epochs than that needs', () => {
    for (const [people, photos] of [
      [2, 2],
      [3, 5],
      [6, 10],
      [12, 10],
      [20, 20],
      [55, 17],
    ] as const) {
      const { batchSize = 64, epochs = 10 } = changed(equal(people, photos));
      const training = people * photos * 0.8 * (people >= 8 ? 0.8 : 1);
      const steps = Number(epochs) * Math.max(1, Math.round(training / Number(batchSize)));
      expect(steps, `${people} x ${photos}`).toBeGreaterThanOrEqual(40);
      expect(steps, `${people} x ${photos}`).toBeLessThan(130);
    }
  });

  it('keeps the preset as it is for 55 people with 17 photos each', () => {
    const { changes, limits } = recommended(equal(55, 17));
    expect([...changes, ...limits]).toEqual([]);
  });

  it('samples the centres of very many people', () => {
    expect(changed(equal(20_000, 1))['sampledCentres']).toBe(0.1);
  });

  it('follows earlier runs: good enough, more training, or not worth it', () => {
    const some = equal(55, 17);
    expect(recommended(some, [result('quick', 0.98, 0.982)])).toMatchObject({ preset: 'quick' });
    expect(recommended(some, [result('quick', 0.98, 0.982)]).why).toContain('98.0 %');
    expect(recommended(some, [result('quick', 0.93, 0.957)])).toMatchObject({ preset: 'quick' });
    expect(recommended(some, [result('quick', 0.93, 0.957)]).why).toContain('from 93.0 % to 95.7 %');
    expect(recommended(some, [result('quick', 0.73, 0.8)]).preset).toBe('finetune');
    expect(recommended(equal(8, 5), [result('quick', 0.73, 0.8)]).preset).toBe('quick');
    const both = [result('quick', 0.73, 0.8), result('finetune', 0.73, 0.84)];
    expect(recommended(some, both)).toMatchObject({ preset: 'finetune' });
    expect(recommended(some, both).why).toContain('84.0 %');
    const inVain = [result('quick', 0.73, 0.8), result('finetune', 0.73, 0.805)];
    expect(recommended(some, inVain).preset).toBe('quick');
  });
});

describe('applying the recommendation', () => {
  it('writes valid settings into the form and keeps the backend', () => {
    settingsStore.setState({ form: writePath(presets.scratch, 'backend', 'cpu') });
    const recommendation = recommended(equal(3, 5));
    expect(isFollowed(settingsStore.getState().form, recommendation)).toBe(false);
    applyRecommendation(recommendation);
    const { form } = settingsStore.getState();
    expect(isFollowed(form, recommendation)).toBe(true);
    const checked = checkForm(form);
    expect(checked.valid && checked.config).toMatchObject({ preset: 'quick', backend: 'cpu', batchSize: 8 });
  });

  it('uses only ended runs on the same data that measured verification', () => {
    runStore.setState(initialRuns, true);
    const trainedOn = equal(9, 2);
    beginRun(presets.quick, runDataOf(trainedOn));
    const { current } = runStore.getState();
    if (!current) throw new Error('no run');
    const verification = { accuracy: 0.7 };
    // Nothing else of an epoch is read here.
    const report = { verification } as unknown as NonNullable<typeof current.baseline>;
    const ended = { ...current, status: 'done', baseline: report, best: report } as const;
    expect(pastResultsOf([ended], equal(9, 2))).toEqual([result('quick', 0.7, 0.7)]);
    expect(pastResultsOf([ended], equal(9, 3))).toEqual([]);
    // Other photos, of as many people.
    expect(pastResultsOf([ended], equal(9, 2, 'other'))).toEqual([]);
    expect(pastResultsOf([{ ...ended, status: 'failed' }], equal(9, 2))).toEqual([]);
    expect(pastResultsOf([{ ...ended, best: null }], equal(9, 2))).toEqual([]);
  });
});
