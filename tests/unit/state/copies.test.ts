import { expect, it } from 'vitest';
import { personId, sampleId } from '../../../src/lib/brand.ts';
import { attention } from '../../../src/state/data/attention.ts';
import { findCopies } from '../../../src/state/data/copies.ts';
import { addResults, EMPTY, removeFace } from '../../../src/state/data/people.ts';

const face = (id: string, label: string, ...copyOf: string[]) => ({
  id: sampleId(id),
  path: `${label}/${id}.jpg`,
  label,
  image: new Blob(),
  flags: [],
  faceWidth: 90,
  ...(copyOf.length > 0 && { copyOf: copyOf.map(sampleId) }),
});

const snapshot = addResults(
  EMPTY,
  [face('a1', 'Ada'), face('a2', 'Ada', 'a1'), face('a3', 'Ada'), face('b1', 'Bob', 'a3'), face('b2', 'Bob')],
  [],
);

it('finds copies of one person, and photos that several people have, which come first', () => {
  const found = findCopies(snapshot).map(({ kind, photos }) => [kind, photos.map((one) => one.face.id)]);
  expect(found).toEqual([
    ['shared-photo', ['a3', 'b1']],
    ['near-copy', ['a1', 'a2']],
  ]);
});

it('shows them among what needs attention once the import has ended, until one is removed', () => {
  const kinds = (state: typeof snapshot, importing = false) =>
    attention(state, importing, []).flatMap(({ kind }) => (/copy|photo$/.test(kind) ? [kind] : []));
  expect(kinds(snapshot)).toEqual(['shared-photo', 'near-copy']);
  expect(kinds(snapshot, true)).toEqual([]);
  const bob = snapshot.people[1];
  expect(kinds(removeFace(snapshot, bob?.id ?? personId(''), sampleId('b1')))).toEqual(['near-copy']);
});
