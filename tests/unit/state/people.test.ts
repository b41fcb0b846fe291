import { describe, expect, it } from 'vitest';
import type { IngestedFace, RejectedFile } from '../../../src/domain/faces.ts';
import { type PersonId, personId, sampleId } from '../../../src/lib/brand.ts';
import { dataWarnings } from '../../../src/state/data/data-warnings.ts';
import {
  addFace,
  addResults,
  countFaces,
  type DataSnapshot,
  EMPTY,
  mergePeople,
  reachableImages,
  removeFace,
  removePeople,
  renamePerson,
  takeAlternative,
} from '../../../src/state/data/people.ts';

const face = (label: string | null, n: number): IngestedFace => ({
  id: sampleId(`${label}-${n}`),
  path: `${label}/${n}.png`,
  label,
  image: new Blob(),
  flags: ['as-is'],
  faceWidth: 80,
});
const faces = (label: string, n: number): IngestedFace[] =>
  Array.from({ length: n }, (_, i) => face(label, i));
const noFace: RejectedFile = {
  id: sampleId('r1'),
  path: 'Ada/back.png',
  label: 'Ada',
  reason: { kind: 'no-face' },
  alternatives: [{ image: new Blob(), flag: 'whole-picture', faceWidth: 50 }],
};
const start = (): DataSnapshot => addResults(EMPTY, [...faces('Ada', 4), ...faces('Bob', 3)], [noFace]);
const idOf = (snapshot: DataSnapshot, name: string): PersonId =>
  snapshot.people.find((person) => person.name === name)?.id ?? personId('nobody');
const counts = (snapshot: DataSnapshot): Record<string, number> =>
  Object.fromEntries(snapshot.people.map(({ name, faces: rows }) => [name, rows.length]));

describe('people', () => {
  it('groups faces by folder and keeps rejected files with their alternatives', () => {
    const snapshot = start();
    expect(counts(snapshot)).toEqual({ Ada: 4, Bob: 3 });
    expect(snapshot.rejected[0]?.alternatives).toHaveLength(1);
    expect(reachableImages([snapshot]).size).toBe(8);
  });

  it('never changes a snapshot in place', () => {
    const snapshot = start();
    const before = JSON.stringify(snapshot);
    removePeople(snapshot, new Set([idOf(snapshot, 'Ada')]));
    addResults(snapshot, faces('Ada', 1), []);
    renamePerson(snapshot, idOf(snapshot, 'Bob'), 'Rob');
    expect(JSON.stringify(snapshot)).toBe(before);
  });

  it('sends later photos of a folder to the person it was renamed or merged into', () => {
    const renamed = renamePerson(start(), idOf(start(), 'Ada'), '  Ada L. ');
    expect(counts(addResults(renamed, [face('Ada', 9)], []))).toEqual({ 'Ada L.': 5, Bob: 3 });
    const merged = mergePeople(renamed, new Set(renamed.people.map(({ id }) => id)));
    expect(counts(merged)).toEqual({ 'Ada L.': 7 });
    expect(counts(addResults(merged, [face('Bob', 9)], []))).toEqual({ 'Ada L.': 8 });
  });

  it('refuses empty, overlong and taken names with what to do', () => {
    const snapshot = start();
    const ada = idOf(snapshot, 'Ada');
    expect(() => renamePerson(snapshot, ada, '  ')).toThrow(/needs a name/);
    expect(() => renamePerson(snapshot, ada, 'x'.repeat(200))).toThrow(/at most 120/);
    expect(() => renamePerson(snapshot, ada, 'Bob')).toThrow(/merge/);
  });

  it('turns removed faces into rows that can be brought back', () => {
    let snapshot = start();
    const ada = idOf(snapshot, 'Ada');
    snapshot = removeFace(snapshot, ada, sampleId('Ada-0'));
    expect(counts(snapshot)).toEqual({ Ada: 3, Bob: 3 });
    const row = snapshot.rejected.at(-1);
    expect(row?.reason.kind).toBe('removed');
    snapshot = takeAlternative(snapshot, sampleId('Ada-0'), sampleId('Ada-0'));
    expect(counts(snapshot)).toEqual({ Ada: 4, Bob: 3 });
    expect(snapshot.rejected).toHaveLength(1);
    snapshot = removePeople(snapshot, new Set([ada]));
    expect(countFaces(snapshot)).toBe(3);
    expect(snapshot.rejected).toHaveLength(5);
  });

  it('uses a rejected file with the picture that was chosen', () => {
    const snapshot = start();
    const alternative = snapshot.rejected[0]?.alternatives[0]?.id ?? sampleId('none');
    const after = takeAlternative(snapshot, noFace.id, alternative);
    expect(counts(after)).toEqual({ Ada: 5, Bob: 3 });
    expect(after.people[0]?.faces.at(-1)?.flags).toEqual(['whole-picture']);
    expect(after.rejected).toHaveLength(0);
  });
});

describe('warnings about the data', () => {
  const kinds = (sizes: readonly number[]): string[] =>
    dataWarnings(
      addResults(
        EMPTY,
        sizes.flatMap((n, i) => faces(`P${i}`, n)),
        [],
      ),
    ).map(({ kind }) => kind);

  it('says what is missing and is silent when all is well', () => {
    expect(kinds([])).toEqual([]);
    expect(kinds([5])).toEqual(['too-few-people']);
    expect(kinds([5, 5])).toEqual(['cannot-hold-out']);
    expect(kinds(Array(8).fill(5))).toEqual([]);
    expect(kinds([...Array(8).fill(5), 2])).toEqual(['few-photos']);
    expect(kinds([...Array(8).fill(5), 60])).toEqual(['imbalance']);
  });
});

describe('a face that was named elsewhere', () => {
  const row = { id: sampleId('named/1/0'), path: 'x.jpg', flags: [], faceWidth: 90 };

  it('joins the person of that name, once, and leaves whoever had it', () => {
    const once = addFace(start(), 'Ada', row);
    expect(counts(once)).toEqual({ Ada: 5, Bob: 3 });
    expect(addFace(once, 'Ada', row)).toBe(once);
    expect(counts(addFace(once, 'Bob', row))).toEqual({ Ada: 4, Bob: 4 });
  });

  it('changes nothing where nobody has that name', () => {
    const before = start();
    expect(addFace(before, 'Eve', row)).toBe(before);
  });
});
