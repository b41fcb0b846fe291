import type { VerificationPair } from '../domain/faces.ts';
import { present } from '../lib/assert.ts';
import { ProblemError } from '../lib/problem.ts';

/** A photo as a pairs file names it: the person, and the number in `Name_0001.jpg`, from 1. */
export interface PhotoName {
  readonly name: string;
  readonly number: number;
}

export interface ListedPair {
  readonly a: PhotoName;
  readonly b: PhotoName;
  readonly genuine: boolean;
}

export interface PairsFile {
  readonly folds: readonly (readonly ListedPair[])[];
}

const MAX_FOLDS = 1000;
const MAX_PAIRS = 1_000_000;
const REMEDY =
  "Give a file in the form of LFW's pairs.txt: a line `folds <TAB> pairs`, then for each fold that many " +
  'lines `name <TAB> number <TAB> number` and as many `name <TAB> number <TAB> other name <TAB> number`.';

/**
 * Reads LFW's pairs.txt (vis-www.cs.umass.edu/lfw, "pairs.txt format"). The first line is `folds n`, or `n` for one
 * fold. Each fold has n pairs of one person, then n pairs of two people. Fields are separated by tabs, or by blanks
 * in a line without tabs; blank lines are skipped.
 *
 * @throws ProblemError naming the first line that is wrong.
 */
export function parsePairs(text: string): PairsFile {
  const rows = rowsOf(text);
  const header = rows[0];
  if (header === undefined) throw new ProblemError('The pairs file is empty.', REMEDY);
  const [folds, each] = headerOf(header);
  const expected = folds * each * 2;
  if (rows.length - 1 !== expected) {
    throw new ProblemError(
      `The pairs file announces ${folds} x ${each} x 2 = ${expected} pairs, but holds ${rows.length - 1}.`,
      REMEDY,
    );
  }
  return {
    folds: Array.from({ length: folds }, (_, fold) =>
      Array.from({ length: 2 * each }, (_, i) => {
        const row = present(rows[1 + fold * 2 * each + i], 'row of the pairs file');
        return i < each ? matched(row) : mismatched(row);
      }),
    ),
  };
}

interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

function rowsOf(text: string): Row[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((content, index) => ({
      line: index + 1,
      fields: content.trim() === '' ? [] : content.trim().split(content.includes('\t') ? '\t' : /\s+/),
    }))
    .filter((row) => row.fields.length > 0);
}

function headerOf(row: Row): readonly [folds: number, pairs: number] {
  if (row.fields.length > 2) {
    throw wrong(row, `is "${shown(row)}", not the number of folds and of pairs in a fold`);
  }
  const numbers = row.fields.map((field) => numberIn(row, field));
  const [first, second] = [present(numbers[0], 'first number'), numbers[1]];
  const [folds, each] = second === undefined ? [1, first] : [first, second];
  if (folds > MAX_FOLDS || folds * each * 2 > MAX_PAIRS) {
    throw wrong(row, `announces more than ${MAX_FOLDS} folds or ${MAX_PAIRS} pairs`);
  }
  return [folds, each];
}

function matched(row: Row): ListedPair {
  const [name, first, second] = row.fields;
  if (row.fields.length !== 3 || name === undefined || first === undefined || second === undefined) {
    throw wrong(row, `should hold a name and two numbers, but is "${shown(row)}"`);
  }
  const a = { name, number: numberIn(row, first) };
  const b = { name, number: numberIn(row, second) };
  if (a.number === b.number) throw wrong(row, 'pairs a photo with itself');
  return { a, b, genuine: true };
}

function mismatched(row: Row): ListedPair {
  const [name, first, other, second] = row.fields;
  const complete = name !== undefined && first !== undefined && other !== undefined && second !== undefined;
  if (row.fields.length !== 4 || !complete) {
    throw wrong(row, `should hold a name, a number, another name and a number, but is "${shown(row)}"`);
  }
  if (name === other) throw wrong(row, `should pair two people, but names "${name}" twice`);
  return {
    a: { name, number: numberIn(row, first) },
    b: { name: other, number: numberIn(row, second) },
    genuine: false,
  };
}

function numberIn(row: Row, field: string): number {
  if (!/^0*[1-9]\d{0,6}$/.test(field.trim())) {
    throw wrong(row, `has "${field.slice(0, 40)}" where a number from 1 should be`);
  }
  return Number(field);
}

function shown(row: Row): string {
  return row.fields.join(' ').slice(0, 80);
}

function wrong(row: Row, what: string): ProblemError {
  return new ProblemError(`Line ${row.line} of the pairs file ${what}.`, REMEDY);
}

/** A photo in whose folder (label) and file name a pairs file's names are looked up. */
export interface LabelledFile {
  readonly label: string | null;
  readonly path: string;
}

export interface ResolvedPairs {
  /** Indices into the photos with a face; folds keep their place, also empty ones. */
  readonly folds: readonly (readonly VerificationPair[])[];
  readonly used: number;
  /** Pairs that cannot be compared because a photo is missing or has no face. */
  readonly missing: readonly ListedPair[];
  /** Those photos, as `Name 3`, each once, in the order of the file. */
  readonly missingPhotos: readonly string[];
  /** Those of them that are not there at all: more likely the wrong folder than a photo without a face. */
  readonly absentPhotos: readonly string[];
}

/**
 * Finds the photos that the pairs name. Where the names of a person's photos end in distinct numbers
 * (`Name_0001.jpg`, `1.pgm`), those count; otherwise photo n is the nth of the person's photos, sorted by path.
 *
 * @param files the photos with a face; the resulting pairs are indices into these.
 * @param faceless photos without a face: they are counted where names have no numbers.
 * @throws ProblemError when none of the pairs can be found.
 */
export function resolvePairs(
  parsed: PairsFile,
  files: readonly LabelledFile[],
  faceless: readonly LabelledFile[] = [],
): ResolvedPairs {
  const people = numberPhotos(files, faceless);
  const missing: ListedPair[] = [];
  const missingPhotos = new Set<string>();
  const absentPhotos = new Set<string>();
  const find = ({ name, number }: PhotoName): number | null => {
    const index = people.get(name)?.get(number);
    if (index === undefined) absentPhotos.add(`${name} ${number}`);
    if (index === undefined || index === null) missingPhotos.add(`${name} ${number}`);
    return index ?? null;
  };
  let total = 0;
  let used = 0;
  const folds = parsed.folds.map((fold) =>
    fold.flatMap((pair): VerificationPair[] => {
      const [a, b] = [find(pair.a), find(pair.b)];
      total++;
      if (a === null || b === null) {
        missing.push(pair);
        return [];
      }
      used++;
      return [{ a, b, genuine: pair.genuine }];
    }),
  );
  if (used === 0) {
    const example = [...missingPhotos][0] ?? 'none';
    throw new ProblemError(
      `None of the ${total} pairs of the pairs file has both its photos here (the first one missing: ${example}).`,
      'Give the pairs file that belongs to these photos: its names are the names of the folders.',
    );
  }
  return {
    folds,
    used,
    missing,
    missingPhotos: [...missingPhotos],
    absentPhotos: [...absentPhotos],
  };
}

/** Name -> photo number -> index into `files` (null: that photo has no face). */
function numberPhotos(
  files: readonly LabelledFile[],
  faceless: readonly LabelledFile[],
): Map<string, Map<number, number | null>> {
  const photos = [
    ...files.map(({ label, path }, index) => ({ label, path, index })),
    ...faceless.map(({ label, path }) => ({ label, path, index: null })),
  ];
  const people = new Map<string, { path: string; index: number | null }[]>();
  for (const { label, path, index } of photos) {
    if (label === null) continue;
    const known = people.get(label);
    if (known) known.push({ path, index });
    else people.set(label, [{ path, index }]);
  }
  return new Map([...people].map(([name, entries]) => [name, numbered(entries)]));
}

function numbered(
  photos: readonly { readonly path: string; readonly index: number | null }[],
): Map<number, number | null> {
  const byName = photos.map(({ path }) => /(?:^|[/_ -])0*(\d{1,7})(?:\.[^./]*)?$/.exec(path)?.[1]);
  const distinct = new Set(byName.map(Number));
  if (!byName.includes(undefined) && distinct.size === photos.length) {
    return new Map(photos.map(({ index }, i) => [Number(byName[i]), index]));
  }
  const sorted = [...photos].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return new Map(sorted.map(({ index }, i) => [i + 1, index]));
}
