import { beforeEach, describe, expect, it } from 'vitest';
import { personId, sampleId } from '../../../src/lib/brand.ts';
import { attention, needsAttention } from '../../../src/state/data/attention.ts';
import { dataStore, initialData, undo } from '../../../src/state/data/data-store.ts';
import type { DataSnapshot, RejectedRow } from '../../../src/state/data/people.ts';

const row = (path: string, reason: RejectedRow['reason'], alternatives: number): RejectedRow => ({
  id: sampleId(path),
  path,
  label: 'Ada',
  reason,
  alternatives: Array.from({ length: alternatives }, (_, i) => ({
    id: sampleId(`${path}/${i}`),
    flags: [],
    faceWidth: 50,
  })),
});
const snapshot: DataSnapshot = {
  people: [
    {
      id: personId('Bob'),
      name: 'Bob',
      labels: ['Bob'],
      faces: [{ id: sampleId('bob'), path: 'bob.png', flags: [], faceWidth: 50 }],
    },
  ],
  rejected: [
    row('removed.png', { kind: 'removed' }, 1),
    row('two.png', { kind: 'several-faces', count: 2 }, 2),
    row('text.txt', { kind: 'not-an-image', looksLike: 'text' }, 0),
  ],
};

describe('what needs attention', () => {
  beforeEach(() => dataStore.setState({ ...initialData, snapshot }, true));

  it('is what is wrong with the whole first, then the files, those that are settled last and uncounted', () => {
    const entries = attention(snapshot, false, ['A note.']);
    expect(entries.map(({ kind }) => kind)).toEqual([
      'too-few-people',
      'few-photos',
      'note',
      'several-faces',
      'not-an-image',
      'removed',
    ]);
    expect(entries.filter(needsAttention).length).toBe(4);
    expect(new Set(entries.map(({ key }) => key)).size).toBe(entries.length);
    expect(attention(snapshot, true, []).map(({ kind }) => kind)[0]).toBe('several-faces');
  });

  it('has the faces to choose from, and choosing one uses it', () => {
    const two = attention(snapshot, false, []).find(({ kind }) => kind === 'several-faces');
    expect(two?.faces.map(({ label }) => label)).toEqual([
      'Use image 1 of two.png',
      'Use image 2 of two.png',
    ]);
    two?.faces[1]?.act?.();
    const after = dataStore.getState().snapshot;
    expect(after.rejected.map(({ path }) => path)).toEqual(['removed.png', 'text.txt']);
    expect(after.people.find(({ name }) => name === 'Ada')?.faces.map(({ id }) => id)).toEqual(['two.png/1']);
  });
});

describe('a photo that seems to show somebody else', () => {
  const face = (id: string) => ({ id: sampleId(id), path: `${id}.png`, flags: [], faceWidth: 50 });
  const person = (name: string, ...ids: string[]) => ({
    ...{ id: personId(name), name, labels: [name], faces: ids.map(face) },
  });
  const people: DataSnapshot = { people: [person('Ada', 'a1', 'a2'), person('Bob', 'b1')], rejected: [] };
  const found = [{ id: sampleId('a2'), person: personId('Ada'), looksLike: personId('Bob') }];
  const entries = () =>
    attention(dataStore.getState().snapshot, false, [], found).filter(({ kind }) => kind === 'wrong-face');
  const press = (label: string) =>
    entries()[0]
      ?.actions.find((action) => action.label === label)
      ?.act();
  beforeEach(() => dataStore.setState({ ...initialData, snapshot: people }, true));

  it('is shown, and said whom it looks like', () => {
    expect(entries().map(({ title, faces }) => [title, faces.map(({ id }) => id)])).toEqual([
      ['a2.png', ['a2']],
    ]);
    expect(entries()[0]?.text).toContain('unlike the other photos of Ada. It looks like Bob.');
    expect(entries().every(needsAttention)).toBe(true);
  });

  it.each(['Remove photo', 'Keep'])('is gone after "%s", and back after undo', (label) => {
    press(label);
    expect(entries()).toEqual([]);
    const ada = dataStore.getState().snapshot.people.find(({ name }) => name === 'Ada');
    expect(ada?.faces.map(({ id }) => id)).toEqual(label === 'Keep' ? ['a1', 'a2'] : ['a1']);
    undo();
    expect(entries().length).toBe(1);
    expect(dataStore.getState().snapshot).toBe(people);
  });

  it('is not shown of a person who is gone', () => {
    dataStore.setState({ snapshot: { ...people, people: people.people.slice(1) } });
    expect(entries()).toEqual([]);
  });
});
