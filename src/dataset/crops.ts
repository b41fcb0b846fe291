import type { TrainingConfig } from '../config/training-config.ts';
import type { TrainingSet } from '../domain/faces.ts';
import { type ArchiveFile, writeArchive } from '../lib/archive.ts';
import { present } from '../lib/assert.ts';
import { throwIfAborted } from '../lib/problem.ts';
import { createRandom } from '../lib/random.ts';
import { cropFolders } from './crop-names.ts';
import { groupCopies } from './near-copies.ts';
import { splitFaces } from './split.ts';

/** What a run does with a face; unused are copies of others, of people held out. */
export type CropRole = 'train' | 'validation' | 'verification' | 'unused';

/** One aligned face of the data set as prepared. */
export interface Crop {
  /** `folder/0001.png`, see {@link cropFolders}. */
  readonly file: string;
  readonly person: string;
  readonly role: CropRole;
  /** PNG, 112 x 112. */
  readonly image: Blob;
}

/**
 * The data set as a run with these settings splits it: the same people and faces are held out, by the same seed.
 *
 * @throws ProblemError with fewer than 2 people who have photos
 */
export function prepareCrops(
  { people, faces, nearCopies = [] }: TrainingSet,
  { seed, heldOut }: Pick<TrainingConfig, 'seed' | 'heldOut'>,
): Crop[] {
  const split = splitFaces(
    faces.map(({ person }) => person),
    people.length,
    heldOut,
    createRandom(seed).fork('split'),
    groupCopies(faces.length, nearCopies),
  );
  const roles = new Map<number, CropRole>();
  for (const face of split.train) roles.set(face, 'train');
  for (const face of split.heldOut) roles.set(face, 'validation');
  for (const face of split.verification) roles.set(face, 'verification');
  const folders = cropFolders(people.map(({ name }) => name));
  const counts = new Map<number, number>();
  return faces.map(({ person, image }, face) => {
    const count = (counts.get(person) ?? 0) + 1;
    counts.set(person, count);
    return {
      file: `${present(folders[person], 'a folder')}/${String(count).padStart(4, '0')}.png`,
      person: present(people[person], 'a person').name,
      role: roles.get(face) ?? 'unused',
      image,
    };
  });
}

/** `split.csv`: which face is whose and what the run does with it (RFC 4180, UTF-8). */
export function cropTable(crops: readonly Omit<Crop, 'image'>[]): string {
  const rows = crops.map(({ file, person, role }) => [file, person, role].map(quoted).join(','));
  return `${['file,person,role', ...rows].join('\r\n')}\r\n`;
}

const quoted = (value: string): string =>
  /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;

/**
 * The faces in a .zip, and `split.csv` where there is a table. PNG is compressed already, so they are only stored.
 *
 * @throws CancelledError
 */
export async function cropArchive(
  crops: readonly Crop[],
  table: string | null,
  date: Date,
  signal: AbortSignal,
): Promise<Blob> {
  const files: ArchiveFile[] = crops.map(({ file, image }) => ({ name: file, data: image }));
  if (table !== null) files.push({ name: 'split.csv', data: new Blob([table]) });
  throwIfAborted(signal);
  return writeArchive(files, date, { level: 0, signal });
}
