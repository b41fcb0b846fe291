import { beforeEach, describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { sampleId } from '../../../src/lib/brand.ts';
import { addResults, EMPTY } from '../../../src/state/data/people.ts';
import { eventHandlers } from '../../../src/state/on-event.ts';
import { lrFinderStore, stillHolds } from '../../../src/state/run/lr-finder-store.ts';
import { initialRuns, runStore, statusOf } from '../../../src/state/run/run-store.ts';
import { previewFaces } from '../../../src/state/settings/preview-actions.ts';
import { writePath } from '../../../src/state/settings/settings-form.ts';

const event = { kind: 'lr-finder', what: 'Trying rates', done: 3, total: 100, points: [] } as const;

describe('the LR range test', () => {
  beforeEach(() => {
    lrFinderStore.setState({ status: 'none' }, true);
    runStore.setState(initialRuns, true);
  });

  it('takes events while it runs, and none of a search that has ended', () => {
    eventHandlers.trainer(event);
    expect(lrFinderStore.getState().status).toBe('none');
    lrFinderStore.setState({ status: 'searching', what: '', done: 0, total: 0, points: [] }, true);
    eventHandlers.trainer(event);
    expect(lrFinderStore.getState()).toMatchObject({ status: 'searching', done: 3, total: 100 });
    expect(statusOf(runStore.getState())).toBe('idle');
  });

  it('holds for another rate, but not for other settings or people', () => {
    const made = { form: presets.quick, snapshot: EMPTY };
    expect(stillHolds(made, writePath(presets.quick, 'learningRate', 0.002), EMPTY)).toBe(true);
    expect(stillHolds(made, writePath(presets.quick, 'batchSize', 32), EMPTY)).toBe(false);
    expect(stillHolds(made, presets.quick, { ...EMPTY })).toBe(false);
  });
});

describe('the faces of a preview', () => {
  const people = (count: number) =>
    addResults(
      EMPTY,
      Array.from({ length: 2 * count }, (_, i) => ({
        id: sampleId(`${i}`),
        path: `${i}.png`,
        label: `Person ${String(Math.floor(i / 2)).padStart(2, '0')}`,
        image: new Blob(),
        flags: [],
        faceWidth: 80,
      })),
      [],
    );

  it('are of three people, spread over all, or of as many as there are', () => {
    expect(previewFaces(people(9)).map(({ name }) => name)).toEqual(['Person 00', 'Person 03', 'Person 06']);
    expect(previewFaces(people(2)).map(({ id }) => id)).toEqual(['0', '2']);
    expect(previewFaces(EMPTY)).toEqual([]);
  });
});
