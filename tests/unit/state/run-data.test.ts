import { describe, expect, it } from 'vitest';
import type { DataSnapshot } from '../../../src/state/data/people.ts';
import { dataRelation, describeData, otherDataNote, runDataOf } from '../../../src/state/run/run-data.ts';
import { dataSet, equalSet } from '../../fixtures/people.ts';

const without = (snapshot: DataSnapshot, photos: number): DataSnapshot => ({
  ...snapshot,
  people: snapshot.people.map((person) => ({ ...person, faces: person.faces.slice(photos) })),
});

describe('the data of a run', () => {
  it('are named by their size, and by the folder that they came from where it is one', () => {
    expect(describeData(runDataOf(equalSet(24, 20, 'Sample people')))).toBe(
      '24 people, 480 photos, Sample people',
    );
    expect(describeData(runDataOf(dataSet([1, 0], 'one')))).toBe('1 person, 1 photo, one');
    const two = [...equalSet(2, 1000, 'a').people, ...equalSet(1, 1, 'b').people];
    expect(describeData(runDataOf({ people: two, rejected: [] }))).toBe('3 people, 2,001 photos');
  });

  it('stay the same when only the list of skipped files changes, or an edit is undone', () => {
    const data = equalSet(3, 2);
    expect(dataRelation(runDataOf(data), { ...data, rejected: [] })).toBe('same');
    const again = { ...data, people: data.people.map((person) => ({ ...person })) };
    expect(dataRelation(runDataOf(data), again)).toBe('same');
  });

  it.each([
    ['nothing is loaded', equalSet(0, 0), 'other'],
    ['other photos with the same names, as many of them', equalSet(3, 2, 'other'), 'other'],
    ['a photo of each was removed', without(equalSet(3, 2), 1), 'changed'],
    ['a person was added', { ...equalSet(4, 2) }, 'changed'],
    [
      'a person was renamed',
      {
        ...equalSet(3, 2),
        people: equalSet(3, 2).people.map((person, i) => (i === 1 ? { ...person, name: 'Ada' } : person)),
      },
      'changed',
    ],
  ] as const)('%s', (_, now, relation) => {
    expect(dataRelation(runDataOf(equalSet(3, 2)), now)).toBe(relation);
  });

  it('mark results and downloads of a run on other data', () => {
    const run = { data: runDataOf(equalSet(3, 2, 'first')) };
    expect(otherDataNote(run, equalSet(3, 2, 'first'))).toBeNull();
    expect(otherDataNote(run, equalSet(3, 2, 'second'))).toBe(
      'This run was trained on data that are no longer loaded: 3 people, 6 photos, first.',
    );
    expect(otherDataNote(run, equalSet(4, 2, 'first'))).toBe(
      'The data have changed since this run. It was trained on 3 people, 6 photos, first.',
    );
  });
});
