import { expect, it } from 'vitest';
import { galleryPersonId } from '../../../src/lib/brand.ts';
import type { Candidate, RecognisedFace } from '../../../src/protocol/recognise.ts';
import { certainty, verdict } from '../../../src/state/use/compare-store.ts';
import { nameOf, resultText } from '../../../src/state/use/naming.ts';
import type { PhotoResult, PhotoRow } from '../../../src/state/use/photo-store.ts';
import { resultsCsv, sortedByPerson } from '../../../src/state/use/results-files.ts';

const box = { x: 0, y: 0, width: 10, height: 10 };
const candidate = (name: string, cosine: number): Candidate => ({
  person: galleryPersonId(name),
  name,
  cosine,
});
const face = (name: string, cosine: number, second: Candidate | null = null): RecognisedFace => ({
  box,
  best: candidate(name, cosine),
  second,
  known: false,
});
const nobody: RecognisedFace = { box, best: null, second: null, known: false };
const photo = (faces: readonly RecognisedFace[]) => ({ width: 100, height: 100, faces });
let key = 1;
const row = (path: string, result: PhotoResult | null): PhotoRow => ({
  key: key++,
  path,
  file: new File(['x'], path),
  result,
  fresh: true,
});
const named = (path: string, ...faces: RecognisedFace[]): PhotoRow =>
  row(path, { kind: 'named', photo: photo(faces) });

it('a face is its most similar person from the threshold on, else unknown', () => {
  expect(nameOf(face('Ada', 0.3), 0.3)).toBe('Ada');
  expect(nameOf(face('Ada', 0.299), 0.3)).toBe('unknown');
  expect(nameOf(nobody, -1)).toBe('unknown');
});

it('says the names: of one photo one a face, of several photos each once', () => {
  const two = photo([face('Ada', 0.9), face('Bob', 0.1)]);
  expect(resultText([two], 0.3)).toBe('Ada, unknown');
  expect(resultText([photo([face('Ada', 0.9), face('Ada', 0.8)])], 0.3)).toBe('Ada, Ada');
  expect(resultText([two, photo([face('Ada', 0.5)]), photo([])], 0.3)).toBe('Ada, unknown');
  expect(resultText([photo([])], 0.3)).toBe('no face');
});

it('the verdict is one sentence with both angles', () => {
  expect(verdict(0.5, 0.5)).toBe('The same person: the angle is 60.0°, within the threshold of 60.0°.');
  expect(verdict(0, 0.5)).toBe('Different people: the angle is 90.0°, beyond the threshold of 60.0°.');
  const points = [
    { name: 'equal-error-rate', threshold: 0.25, far: 0.02, frr: 0.02 },
    { name: 'far-1e-3', threshold: 0.5, far: 0.001, frr: 0.06 },
  ] as const;
  expect(certainty(0.5, points)).toMatch(/that it reaches is 60\.0°, which 0\.10 % of pairs .* 94\.0 %/);
  expect(certainty(0.3, points)).toMatch(/that it reaches is 75\.5°, which 2\.00 %/);
  expect(certainty(0.2, points)).toMatch(/does not reach even the loosest measured threshold of 75\.5°/);
  expect(certainty(0.2, [])).toMatch(/was not measured/);
});

it('the table has a line for each face, one for a photo without any, and the reason of a failure', () => {
  const rows = [
    named('all/1.jpg', face('=cmd()', 0.5, candidate('Bob', 0)), face('Ada', 0.1)),
    named('2.jpg'),
    row('3.jpg', { kind: 'failed', problem: { what: 'It is damaged.', remedy: 'x' } }),
    row('4.jpg', null),
  ];
  const [, ...lines] = resultsCsv(rows, 0.3).trimEnd().split('\r\n');
  expect(lines).toEqual([
    "all/1.jpg,2,1,'=cmd(),60,0.5,'=cmd(),Bob,90,",
    'all/1.jpg,2,2,unknown,84.26,0.1,Ada,,,',
    '2.jpg,0,,no face,,,,,,',
    '3.jpg,,,,,,,,,It is damaged.',
  ]);
});

it('sorts photos into a folder for each person, under names that are safe and come once', () => {
  const rows = [
    named('a/1.jpg', face('Ada', 0.9), face('Bob', 0.8), face('Eve', 0.1)),
    named('b/1.jpg', face('Ada', 0.9), face('Ada', 0.9)),
    named('2.jpg', face('../../etc', 0.9)),
    named('3.jpg', face('con', 0.9)),
    named('4.jpg', face('unknown', 0.9)),
    named('5.jpg', face('Eve', 0.1)),
    named('6.jpg'),
    row('7.txt', { kind: 'failed', problem: { what: 'x', remedy: 'y' } }),
  ];
  const names = sortedByPerson(rows, 0.3).map(({ name }) => name);
  expect(names).toEqual([
    'Ada/1.jpg',
    'Bob/1.jpg',
    'Ada/1 (2).jpg',
    '_.._etc/2.jpg',
    '_con/3.jpg',
    'unknown/4.jpg',
    '_unknown/5.jpg',
    '_no face/6.jpg',
    '_not read/7.txt',
  ]);
  for (const name of names) expect(name).not.toMatch(/(^|\/)\.\.?(\/|$)|\\/);
});
