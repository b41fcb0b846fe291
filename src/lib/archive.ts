import {
  BlobReader,
  BlobWriter,
  type FileEntry,
  Uint8ArrayReader,
  ZipReader,
  ZipWriter,
} from '@zip.js/zip.js';
import { assert } from './assert.ts';
import { ProblemError, throwIfAborted } from './problem.ts';

/** A file of a download. */
export interface ArchiveFile {
  readonly name: string;
  /** Of a blob, no more than a piece is in memory at a time. */
  readonly data: Uint8Array<ArrayBuffer> | Blob;
}

const MEGABYTE = 1024 * 1024;
/** Of the zip and of what is in it, unpacked. MobileFaceNet is 5 MB; the largest networks in use are under 300. */
export const ARCHIVE_LIMITS = { files: 1024, bytes: 512 * MEGABYTE } as const;
const { files: MAX_FILES, bytes: MAX_BYTES } = ARCHIVE_LIMITS;
const REMEDY = 'Choose the .zip of a model as it was made or downloaded.';

/**
 * Zips files in the given order, with one date for all: the same content gives the same bytes.
 *
 * @throws CancelledError
 */
export async function writeArchive(
  files: readonly ArchiveFile[],
  date: Date,
  { level, signal }: { readonly level?: 0; readonly signal?: AbortSignal } = {},
): Promise<Blob> {
  const writer = new ZipWriter(new BlobWriter('application/zip'), {
    useWebWorkers: false,
    lastModDate: date,
    extendedTimestamp: false,
    ...(level === undefined ? {} : { level }),
  });
  for (const { name, data } of files) {
    if (signal) throwIfAborted(signal);
    await writer.add(name, data instanceof Blob ? new BlobReader(data) : new Uint8ArrayReader(data));
  }
  return writer.close();
}

/**
 * Unpacks a zip that may come from anywhere. Refused: more than 1024 files, more than 512 MB, unpacked sizes that are
 * not what was declared, names that lead out of the archive or come twice, encryption, wrong checksums.
 *
 * @throws ProblemError
 */
export async function readArchive(file: Blob): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  if (file.size > MAX_BYTES) {
    throw new ProblemError(
      `The file has ${Math.round(file.size / MEGABYTE)} MB; a model has at most 512.`,
      REMEDY,
    );
  }
  // Names are judged below, in our own words; everything else that is ambiguous zip.js refuses.
  const reader = new ZipReader(new BlobReader(file), {
    useWebWorkers: false,
    filenameValidation: 'tolerant',
  });
  try {
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    for (const entry of await listed(reader)) {
      files.set(entry.filename, await unpack(entry));
    }
    return files;
  } catch (thrown) {
    if (thrown instanceof ProblemError) throw thrown;
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ProblemError(`The file is no zip, or a damaged one (${detail}).`, REMEDY);
  } finally {
    await reader.close();
  }
}

async function listed(reader: ZipReader<Blob>): Promise<FileEntry[]> {
  const entries: FileEntry[] = [];
  const names = new Set<string>();
  let bytes = 0;
  let count = 0;
  for await (const entry of reader.getEntriesGenerator()) {
    if (++count > MAX_FILES) {
      throw new ProblemError(`The zip holds more than ${MAX_FILES} files; a model has far fewer.`, REMEDY);
    }
    const name = entry.filename;
    if (!isPlainName(name)) {
      throw new ProblemError(`The zip holds a file with an unsafe name ("${name.slice(0, 80)}").`, REMEDY);
    }
    if (names.has(name)) throw new ProblemError(`The zip holds "${name.slice(0, 80)}" twice.`, REMEDY);
    names.add(name);
    if (entry.directory) continue;
    if (entry.encrypted) throw new ProblemError('The zip is protected by a password.', REMEDY);
    bytes += entry.uncompressedSize;
    if (bytes > MAX_BYTES) {
      throw new ProblemError(
        `The zip would unpack to ${Math.round(bytes / MEGABYTE)} MB or more; a model has at most 512.`,
        REMEDY,
      );
    }
    entries.push(entry);
  }
  return entries;
}

/** Relative, with '/' only, no part that is empty, '.' or '..', no control characters. */
function isPlainName(name: string): boolean {
  if (name.length === 0 || name.length > 255 || /[\\:\p{Cc}]/u.test(name)) return false;
  const parts = (name.endsWith('/') ? name.slice(0, -1) : name).split('/');
  return parts.every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Unpacks into a buffer of the declared size, and stops where the content goes on past it. */
async function unpack(entry: FileEntry): Promise<Uint8Array<ArrayBuffer>> {
  const data = new Uint8Array(entry.uncompressedSize);
  let length = 0;
  const tooLong = (): ProblemError =>
    new ProblemError(`"${entry.filename}" in the zip is not as long as the zip says.`, REMEDY);
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      if (length + chunk.length > data.length) throw tooLong();
      data.set(chunk, length);
      length += chunk.length;
    },
  });
  await entry.getData(sink, { useWebWorkers: false, checkSignature: true });
  if (length !== data.length) throw tooLong();
  assert(data.byteOffset === 0, 'a buffer of its own');
  return data;
}
