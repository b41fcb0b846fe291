import { countFaces, type DataSnapshot, type PersonRow } from '../data/people.ts';

/** The people and photos that a run was started with. */
export interface RunData {
  readonly people: number;
  readonly photos: number;
  /** Folder or archive that they came from; null where there are several, or none above the people's folders. */
  readonly source: string | null;
  readonly rows: readonly PersonRow[];
}

/** `same`: nothing was added, removed or renamed; `changed`: some photos are in both; `other`: none is. */
export type DataRelation = 'same' | 'changed' | 'other';

const used = (rows: readonly PersonRow[]): PersonRow[] => rows.filter(({ faces }) => faces.length > 0);

export function runDataOf(snapshot: DataSnapshot): RunData {
  const rows = used(snapshot.people);
  return { people: rows.length, photos: countFaces(snapshot), source: sourceOf(rows), rows: snapshot.people };
}

/** The first folder of every path, where it is one and is not the folder of a person. */
function sourceOf(rows: readonly PersonRow[]): string | null {
  const first = new Set<string>();
  for (const { faces } of rows) {
    for (const { path } of faces) {
      const [top = '', ...rest] = path.split('/');
      if (rest.length < 2) return null;
      first.add(top);
      if (first.size > 1) return null;
    }
  }
  return [...first][0] ?? null;
}

/** For example `24 people, 480 photos, Sample people`. */
export function describeData({ people, photos, source }: Omit<RunData, 'rows'>): string {
  const counted = `${amount(people, 'person', 'people')}, ${amount(photos, 'photo', 'photos')}`;
  return source === null ? counted : `${counted}, ${source}`;
}

const grouped = new Intl.NumberFormat('en');
const amount = (value: number, one: string, many: string): string =>
  `${grouped.format(value)} ${value === 1 ? one : many}`;

/**
 * Compares the data of a run with those that are loaded now. Photos are the same by their id, never by their path: two data
 * sets may name their files alike. Photos that were loaded again therefore count as other ones.
 */
export function dataRelation({ rows }: Pick<RunData, 'rows'>, snapshot: DataSnapshot): DataRelation {
  if (rows === snapshot.people) return 'same';
  const [before, now] = [facesByName(rows), facesByName(snapshot.people)];
  let shared = 0;
  let total = 0;
  for (const [id, name] of now) {
    total++;
    const was = before.get(id);
    if (was === undefined) continue;
    shared++;
    if (was !== name) return 'changed';
  }
  if (shared === 0) return 'other';
  return shared === total && before.size === total ? 'same' : 'changed';
}

const facesByName = (rows: readonly PersonRow[]): Map<string, string> =>
  new Map(rows.flatMap(({ name, faces }) => faces.map(({ id }) => [id, name] as const)));

/**
 * The sentence that marks results, and a download, of a run whose data are not those that are loaded now; null where they
 * are.
 */
export function otherDataNote(run: { readonly data: RunData }, snapshot: DataSnapshot): string | null {
  switch (dataRelation(run.data, snapshot)) {
    case 'same':
      return null;
    case 'changed':
      return `The data have changed since this run. It was trained on ${describeData(run.data)}.`;
    case 'other':
      return `This run was trained on data that are no longer loaded: ${describeData(run.data)}.`;
  }
}
