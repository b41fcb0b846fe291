import type { FaceFlag, IngestedFace, RejectedFile, RejectReason } from '../../domain/faces.ts';
import { type PersonId, personId, type SampleId, sampleId } from '../../lib/brand.ts';
import { ProblemError } from '../../lib/problem.ts';

/**
 * The people, their faces and the skipped files, as immutable snapshots: every function here returns a new snapshot
 * that shares what did not change, so that undo is a stack of old ones.
 */
export interface FaceRow {
  readonly id: SampleId;
  readonly path: string;
  readonly flags: readonly FaceFlag[];
  readonly faceWidth: number;
  /** Faces that were there before and that this is a copy of: some may have been removed since. */
  readonly copyOf?: readonly SampleId[];
  /** Somebody has looked at it and says that it is this person. */
  readonly confirmed?: boolean;
}

export interface PersonRow {
  readonly id: PersonId;
  readonly name: string;
  /** Folder names whose photos belong here; stays when the person is renamed or merged. Never empty. */
  readonly labels: readonly string[];
  readonly faces: readonly FaceRow[];
}

export interface AlternativeRow {
  readonly id: SampleId;
  readonly flags: readonly FaceFlag[];
  readonly faceWidth: number;
}

export interface RejectedRow {
  readonly id: SampleId;
  readonly path: string;
  readonly label: string | null;
  readonly reason: RejectReason;
  readonly alternatives: readonly AlternativeRow[];
}

export interface DataSnapshot {
  readonly people: readonly PersonRow[];
  readonly rejected: readonly RejectedRow[];
}

export const EMPTY: DataSnapshot = { people: [], rejected: [] };

/** Name of the person for photos without a folder or given name. */
export const UNNAMED = 'Unnamed';
export const LONGEST_NAME = 120;

/** The id of the image of one alternative. */
export const alternativeId = (rejected: SampleId, index: number): SampleId =>
  sampleId(`${rejected}/alternative/${index}`);

export const countFaces = (snapshot: DataSnapshot): number =>
  snapshot.people.reduce((sum, person) => sum + person.faces.length, 0);

function place(
  people: readonly PersonRow[],
  additions: ReadonlyMap<string, readonly FaceRow[]>,
): PersonRow[] {
  const left = new Map(additions);
  const result = people.map((person) => {
    const added = person.labels.flatMap((label) => left.get(label) ?? []);
    for (const label of person.labels) left.delete(label);
    return added.length === 0 ? person : { ...person, faces: [...person.faces, ...added] };
  });
  for (const [label, faces] of left) {
    result.push({ id: personId(`person:${label}`), name: label, labels: [label], faces });
  }
  return result;
}

/** Adds results of the ingest worker; a folder's photos go to the person who has its name among the labels. */
export function addResults(
  snapshot: DataSnapshot,
  faces: readonly IngestedFace[],
  rejected: readonly RejectedFile[],
): DataSnapshot {
  const additions = new Map<string, FaceRow[]>();
  for (const { id, path, flags, faceWidth, label, copyOf } of faces) {
    const key = label ?? UNNAMED;
    const rows = additions.get(key);
    const row = { id, path, flags, faceWidth, ...(copyOf && { copyOf }) };
    if (rows) rows.push(row);
    else additions.set(key, [row]);
  }
  const rows = rejected.map(
    ({ id, path, label, reason, alternatives }): RejectedRow => ({
      id,
      path,
      label,
      reason,
      alternatives: alternatives.map(({ flag, faceWidth }, index) => ({
        id: alternativeId(id, index),
        flags: [flag],
        faceWidth,
      })),
    }),
  );
  return {
    people: additions.size === 0 ? snapshot.people : place(snapshot.people, additions),
    rejected: rows.length === 0 ? snapshot.rejected : [...snapshot.rejected, ...rows],
  };
}

/** @throws ProblemError when the name is empty, too long or somebody else's. */
export function renamePerson(snapshot: DataSnapshot, id: PersonId, wanted: string): DataSnapshot {
  const name = wanted.trim();
  if (name === '') throw new ProblemError('A person needs a name.', 'Type at least one character.');
  if (name.length > LONGEST_NAME) {
    throw new ProblemError(
      `The name has ${name.length} characters.`,
      `Use at most ${LONGEST_NAME} characters.`,
    );
  }
  if (snapshot.people.some((person) => person.name === name && person.id !== id)) {
    throw new ProblemError(
      `There is already a person called ${name}.`,
      'Choose another name, or select both and merge them.',
    );
  }
  return {
    ...snapshot,
    people: snapshot.people.map((person) => (person.id === id ? { ...person, name } : person)),
  };
}

/** Merges the given people into one, with the name of the first. */
export function mergePeople(snapshot: DataSnapshot, ids: ReadonlySet<PersonId>): DataSnapshot {
  const [first, ...others] = snapshot.people.filter((person) => ids.has(person.id));
  if (!first || others.length === 0) return snapshot;
  const merged: PersonRow = {
    ...first,
    labels: [...first.labels, ...others.flatMap((person) => person.labels)],
    faces: [...first.faces, ...others.flatMap((person) => person.faces)],
  };
  return {
    ...snapshot,
    people: snapshot.people.flatMap((person) =>
      person.id === first.id ? [merged] : ids.has(person.id) ? [] : [person],
    ),
  };
}

const asRemoved = (person: PersonRow, { id, path, flags, faceWidth }: FaceRow): RejectedRow => ({
  id,
  path,
  label: person.labels[0] ?? null,
  reason: { kind: 'removed' },
  alternatives: [{ id, flags, faceWidth }],
});

/** Removes people; their photos become skipped files, each of which can be brought back. */
export function removePeople(snapshot: DataSnapshot, ids: ReadonlySet<PersonId>): DataSnapshot {
  const leaving = snapshot.people.filter((person) => ids.has(person.id));
  return {
    people: snapshot.people.filter((person) => !ids.has(person.id)),
    rejected: [
      ...snapshot.rejected,
      ...leaving.flatMap((person) => person.faces.map((face) => asRemoved(person, face))),
    ],
  };
}

/** Removes one face; a person without faces left is removed too. */
export function removeFace(snapshot: DataSnapshot, person: PersonId, face: SampleId): DataSnapshot {
  const owner = snapshot.people.find((row) => row.id === person);
  const leaving = owner?.faces.find((row) => row.id === face);
  if (!owner || !leaving) return snapshot;
  const faces = owner.faces.filter((row) => row.id !== face);
  return {
    people: snapshot.people.flatMap((row) =>
      row.id !== person ? [row] : faces.length === 0 ? [] : [{ ...row, faces }],
    ),
    rejected: [...snapshot.rejected, asRemoved(owner, leaving)],
  };
}

/** Says that a face is right where it is. */
export function confirmFace(snapshot: DataSnapshot, person: PersonId, face: SampleId): DataSnapshot {
  if (!snapshot.people.some(({ id, faces }) => id === person && faces.some((row) => row.id === face)))
    return snapshot;
  const confirmed = (row: FaceRow): FaceRow => (row.id === face ? { ...row, confirmed: true } : row);
  return {
    ...snapshot,
    people: snapshot.people.map((row) =>
      row.id === person ? { ...row, faces: row.faces.map(confirmed) } : row,
    ),
  };
}

/** Uses a rejected file anyway, with the image that the user chose. */
export function takeAlternative(
  snapshot: DataSnapshot,
  rejected: SampleId,
  alternative: SampleId,
): DataSnapshot {
  const row = snapshot.rejected.find(({ id }) => id === rejected);
  const chosen = row?.alternatives.find(({ id }) => id === alternative);
  if (!row || !chosen) return snapshot;
  const face: FaceRow = { id: chosen.id, path: row.path, flags: chosen.flags, faceWidth: chosen.faceWidth };
  return {
    people: place(snapshot.people, new Map([[row.label ?? UNNAMED, [face]]])),
    rejected: snapshot.rejected.filter(({ id }) => id !== rejected),
  };
}

/** The images of all snapshots; rows that snapshots share are visited once. */
export function reachableImages(snapshots: readonly DataSnapshot[]): Set<SampleId> {
  const ids = new Set<SampleId>();
  const seen = new Set<readonly unknown[]>();
  for (const { people, rejected } of snapshots) {
    for (const { faces } of people) {
      if (seen.has(faces)) continue;
      seen.add(faces);
      for (const { id } of faces) ids.add(id);
    }
    if (seen.has(rejected)) continue;
    seen.add(rejected);
    for (const { alternatives } of rejected) for (const { id } of alternatives) ids.add(id);
  }
  return ids;
}

/**
 * Gives a person another face: the first person of that name. A face that another person had before leaves that person.
 * Without anybody of that name nothing changes.
 */
export function addFace(snapshot: DataSnapshot, name: string, face: FaceRow): DataSnapshot {
  const owner = snapshot.people.find((person) => person.name === name);
  if (!owner || owner.faces.some(({ id }) => id === face.id)) return snapshot;
  const without = withdrawFace(snapshot, face.id);
  return {
    ...without,
    people: without.people.map((person) =>
      person.id === owner.id ? { ...person, faces: [...person.faces, face] } : person,
    ),
  };
}

/** Takes a face that {@link addFace} gave away again; a person without faces left is removed too. */
export function withdrawFace(snapshot: DataSnapshot, face: SampleId): DataSnapshot {
  return {
    ...snapshot,
    people: snapshot.people.flatMap((person) => {
      if (!person.faces.some(({ id }) => id === face)) return [person];
      const faces = person.faces.filter(({ id }) => id !== face);
      return faces.length === 0 ? [] : [{ ...person, faces }];
    }),
  };
}
