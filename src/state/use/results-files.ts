import { angleOfCosine } from '../../domain/angle.ts';
import { ARCHIVE_LIMITS, type ArchiveFile, writeArchive } from '../../lib/archive.ts';
import { ProblemError, throwIfAborted } from '../../lib/problem.ts';
import { toCsv } from './csv.ts';
import { isKnown, NO_FACE, nameOf, namesOf } from './naming.ts';
import type { PhotoRow } from './photo-store.ts';
import { occupy } from './recogniser-store.ts';

const HEAD = [
  'photo',
  'faces in photo',
  'face',
  'name',
  'angle (degrees)',
  'cosine',
  'most similar person',
  'second most similar',
  'angle of second (degrees)',
  'problem',
] as const;

const angle = (cosine: number | undefined): number | '' =>
  cosine === undefined ? '' : Number(angleOfCosine(cosine).toFixed(2));

/** One line for each face; a photo without a face has one line too. @param threshold cosine */
export function resultsCsv(rows: readonly PhotoRow[], threshold: number): string {
  const lines = rows.flatMap(({ path, result }): (string | number)[][] => {
    if (result === null) return [];
    if (result.kind === 'failed') return [[path, '', '', '', '', '', '', '', '', result.problem.what]];
    const { faces } = result.photo;
    if (faces.length === 0) return [[path, 0, '', NO_FACE, '', '', '', '', '', '']];
    return faces.map((face, index) => [
      path,
      faces.length,
      index + 1,
      nameOf(face, threshold),
      angle(face.best?.cosine),
      face.best ? Number(face.best.cosine.toFixed(4)) : '',
      face.best?.name ?? '',
      face.second?.name ?? '',
      angle(face.second?.cosine),
      '',
    ]);
  });
  return toCsv([HEAD, ...lines]);
}

/** Folders of photos that are in no person's; the underscore keeps them apart from people of that name. */
const OTHER_FOLDERS = { unknown: '_unknown', noFace: '_no face', failed: '_not read' } as const;

/** A name as that of a folder or file on any system. */
function plainName(text: string): string {
  const plain = text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, '_')
    .replace(/^[.\s]+|[.\s]+$/g, '')
    .slice(0, 80)
    .trim();
  return plain === '' || /^(con|prn|aux|nul|(com|lpt)\d)(\.|$)/i.test(plain) ? `_${plain}` : plain;
}

function foldersOf({ result }: PhotoRow, threshold: number): string[] {
  if (result === null || result.kind === 'failed') return [OTHER_FOLDERS.failed];
  const { photo } = result;
  if (photo.faces.length === 0) return [OTHER_FOLDERS.noFace];
  const known = photo.faces.some((face) => isKnown(face, threshold));
  if (!known) return [OTHER_FOLDERS.unknown];
  const people = photo.faces.filter((face) => isKnown(face, threshold));
  return [...new Set(namesOf({ ...photo, faces: people }, threshold).map(plainName))];
}

/** The photos in one folder for each person; a photo of several people is in the folder of each. */
export function sortedByPerson(rows: readonly PhotoRow[], threshold: number): ArchiveFile[] {
  const taken = new Set<string>();
  return rows.flatMap((row) =>
    foldersOf(row, threshold).map((folder) => {
      const file = plainName(row.path.split('/').at(-1) ?? '');
      const name = freeName(`${folder}/${file}`, taken);
      taken.add(name.toLowerCase());
      return { name, data: row.file };
    }),
  );
}

/** `a/1.jpg`, and where that is taken `a/1 (2).jpg`. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  const dot = name.lastIndexOf('.');
  const [stem, end] = dot > name.lastIndexOf('/') ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  let free = name;
  for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${stem} (${number})${end}`;
  return free;
}

/** A .zip of the photos sorted by person; null where it could not be written. */
export async function zipByPerson(rows: readonly PhotoRow[], threshold: number): Promise<Blob | null> {
  let zip: Blob | null = null;
  await occupy('Packing the photos', async (signal) => {
    const files = sortedByPerson(rows, threshold);
    const bytes = files.reduce((sum, { data }) => sum + (data instanceof Blob ? data.size : data.length), 0);
    if (bytes > ARCHIVE_LIMITS.bytes) {
      throw new ProblemError(
        `The photos have ${Math.round(bytes / 2 ** 20)} MB together; a .zip of at most 512 MB can be written.`,
        'Choose fewer photos at a time.',
      );
    }
    try {
      // Photos hardly get smaller by being compressed.
      zip = await writeArchive(files, new Date(), { level: 0, signal });
    } catch (thrown) {
      throwIfAborted(signal);
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      throw new ProblemError(
        `The .zip could not be written (${detail}).`,
        'Check that the photos are still where they were, then try again.',
      );
    }
  });
  return zip;
}
