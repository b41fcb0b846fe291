import { archiveNames, type ModelSource, modelFilesAmong } from '../domain/custom-model/files.ts';
import type { SourceFile } from '../domain/faces.ts';
import { ARCHIVE_LIMITS, type ArchiveFile, writeArchive } from '../lib/archive.ts';
import { ProblemError, throwIfAborted } from '../lib/problem.ts';

export interface PackedModel {
  /** A .zip of its files. */
  readonly file: Blob;
  /** Path of its description, or of the .zip that was given. */
  readonly path: string;
}

interface Given extends ModelSource {
  readonly file: File;
}

/**
 * The files of the one model among those given, as one .zip under the names that its description says: other files
 * (photos, .DS_Store) stay where they are. A .zip is taken as it is where no model lies beside it.
 *
 * @throws ProblemError where there is no model, or several, or a file of it is missing or too large; CancelledError
 */
export async function packCustomModel(
  sources: readonly SourceFile[],
  signal: AbortSignal,
): Promise<PackedModel> {
  if (sources.length === 0)
    throw new ProblemError(
      'There was no file in what was given.',
      'Choose model.json together with its .bin files, or one .zip of them.',
    );
  const [first] = sources;
  if (first && sources.length === 1 && (await isZip(first.file))) return first;
  throwIfAborted(signal);
  const found = await modelFilesAmong(sources.map(given)).catch(async (thrown: unknown) => {
    const zips = sources.filter(({ path }) => path.toLowerCase().endsWith('.zip'));
    const [zip] = zips;
    if (!zip || sources.some(({ path }) => path.endsWith('model.json'))) throw thrown;
    if (zips.length === 1) return zip;
    throw new ProblemError(`There are ${zips.length} .zip files.`, 'Choose the one that holds the model.');
  });
  throwIfAborted(signal);
  if ('file' in found) return found;
  const wanted = archiveNames(found);
  const bytes = [...wanted.values()].reduce((sum, { size }) => sum + size, 0);
  if (wanted.size > ARCHIVE_LIMITS.files || bytes > ARCHIVE_LIMITS.bytes) {
    throw new ProblemError(
      `The model has ${wanted.size} files of ${Math.round(bytes / 2 ** 20)} MB; at most ${ARCHIVE_LIMITS.files} files of 512 MB are supported.`,
      'Choose a smaller network.',
    );
  }
  const contents: ArchiveFile[] = [];
  for (const [name, source] of wanted) {
    throwIfAborted(signal);
    contents.push({ name, data: await source.bytes() });
  }
  // Weights hardly get smaller by being compressed.
  return { file: await writeArchive(contents, new Date(0), { level: 0 }), path: found.description.path };
}

const given = ({ path, file }: SourceFile): Given => ({
  path,
  size: file.size,
  file,
  bytes: async () => new Uint8Array(await read(file)),
});

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
