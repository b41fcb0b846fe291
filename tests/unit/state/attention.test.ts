import { beforeEach, describe, expect, it } from 'vitest';
import { personId, sampleId } from '../../../src/lib/brand.ts';
import { attention, needsAttention } from '../../../src/state/data/attention.ts';
import { dataStore, initialData } from '../../../src/state/data/data-store.ts';
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
