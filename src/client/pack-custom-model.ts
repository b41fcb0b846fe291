import type { SourceFile } from '../domain/faces.ts';
import { ARCHIVE_LIMITS, writeArchive } from '../lib/archive.ts';
import { ProblemError, throwIfAborted } from '../lib/problem.ts';

const REMEDY = 'Choose model.json together with its .bin files, or one .zip of them.';

/**
 * The files of a network as one .zip: a .zip as it is, others packed without being looked into.
 *
 * @throws ProblemError where they are too many or too large, or of two things at once; CancelledError
 */
export async function packCustomModel(sources: readonly SourceFile[], signal: AbortSignal): Promise<Blob> {
  const files = sources.filter(({ file }) => !file.name.startsWith('.'));
  const [only] = files;
  if (!only) throw new ProblemError('There was no file in what was given.', REMEDY);
  const zips = await Promise.all(files.map(({ file }) => isZip(file)));
  throwIfAborted(signal);
  if (files.length === 1 && zips[0]) return only.file;
  if (zips.includes(true)) throw new ProblemError('A .zip and other files were given at once.', REMEDY);
  const bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  if (files.length > ARCHIVE_LIMITS.files || bytes > ARCHIVE_LIMITS.bytes) {
    throw new ProblemError(
      `These are ${files.length} files of ${Math.round(bytes / 2 ** 20)} MB; a network has at most ${ARCHIVE_LIMITS.files} files of 512 MB.`,
      REMEDY,
    );
  }
  if (new Set(files.map(({ path }) => path)).size < files.length)
    throw new ProblemError('Two of the files have the same name.', REMEDY);
  const contents = [];
  for (const { path, file } of files) {
    throwIfAborted(signal);
    contents.push({ name: path, data: new Uint8Array(await read(file)) });
  }
  // Weights hardly get smaller by being compressed.
  return writeArchive(contents, new Date(0), { level: 0 });
}

const isZip = async (file: File): Promise<boolean> =>
  new TextDecoder('latin1').decode(await read(file.slice(0, 2))) === 'PK';

async function read(file: Blob): Promise<ArrayBuffer> {
  try {
    return await file.arrayBuffer();
  } catch {
    throw new ProblemError(
      'One of the files could not be read.',
      'Check that it still exists, then choose it again.',
    );
  }
}
