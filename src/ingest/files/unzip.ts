import {
  BlobReader,
  configure,
  ERR_UNSAFE_FILENAME,
  type FileEntry,
  getSupportedCompressionMethods,
  ZipReader,
} from '@zip.js/zip.js';
import type { RejectReason } from '../../domain/faces.ts';
import { CancelledError, ProblemError, throwIfAborted } from '../../lib/problem.ts';

/** What an archive may hold; beyond it the archive is refused as a whole. */
export const ZIP_LIMITS = {
  /** Entries of one archive. */
  entries: 200_000,
  /** Bytes that one entry may have when unpacked. */
  entryBytes: 300_000_000,
  /** Bytes of all entries together when unpacked. */
  totalBytes: 64_000_000_000,
  /** Unpacked bytes for one packed byte, where it matters (entries above {@link ratioFloor}). */
  ratio: 200,
  ratioFloor: 10_000_000,
} as const;

/** One file of an archive. Nothing is unpacked before it is asked for. */
export interface ZipFile {
  /** Path inside the archive, checked: relative, '/' between folders, no `..`. */
  readonly path: string;
  readonly size: number;
  /** Set where it cannot be unpacked: a password, or a compression method that is not supported. */
  readonly reason: RejectReason | null;
  /** Unpacks it, at most `limit` bytes of it; stops with an error when more comes than was declared. */
  read(signal: AbortSignal, limit?: number): Promise<Uint8Array<ArrayBuffer>>;
}

configure({ useWebWorkers: false });

/** Names of compression methods, from the .zip specification (APPNOTE 4.4.5). */
const METHODS: Readonly<Record<number, string>> = {
  1: 'Shrink',
  6: 'Implode',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  94: 'MP3',
  95: 'xz',
  96: 'JPEG',
  97: 'WavPack',
  98: 'PPMd',
};

/**
 * Reads the directory of a .zip and refuses hostile ones: paths that leave the archive, more entries or bytes than a
 * photo collection has, compression beyond what photos allow. Backslashes in paths, which many programs for Windows
 * write, are read as slashes before anything is checked. Single entries that cannot be unpacked carry their reason; an
 * archive in which every entry has a password is refused.
 *
 * @throws ProblemError that says what is wrong with the archive.
 */
export async function openZip(archive: Blob, name: string, signal: AbortSignal): Promise<readonly ZipFile[]> {
  const shown = `The archive “${name}”`;
  const reader = new ZipReader(new BlobReader(archive), { useWebWorkers: false });
  const files: ZipFile[] = [];
  const methods = getSupportedCompressionMethods();
  const readable = new Set(
    methods.flatMap((method) => (method.decompression ? method.compressionMethod : [])),
  );
  let total = 0;
  let packed = 0;
  let count = 0;
  let encrypted = 0;
  try {
    for await (const entry of reader.getEntriesGenerator({ normalizeFilename: withSlashes })) {
      throwIfAborted(signal);
      const path = entry.filename;
      if (++count > ZIP_LIMITS.entries)
        throw refusedFor(shown, `holds more than ${ZIP_LIMITS.entries} entries`);
      const unsafe = whyUnsafe(path);
      if (unsafe) throw refusedFor(shown, `holds a path that ${unsafe} (“${path.slice(0, 80)}”)`);
      if (entry.directory || entry.symlink) continue;
      total += entry.uncompressedSize;
      packed += entry.compressedSize;
      const expansion = whyAbsurd(entry.compressedSize, entry.uncompressedSize, total);
      if (expansion) throw refusedFor(shown, expansion);
      // Entries that share one piece of data add up to more than the archive (overlapping "zip bomb").
      if (packed > archive.size) throw refusedFor(shown, 'has entries that share their data');
      if (entry.encrypted) encrypted++;
      files.push(zipFile(entry, path, shown, whyNotUnpacked(entry, readable)));
    }
    if (encrypted > 0 && encrypted === files.length)
      throw new ProblemError(
        `${shown} is password-protected and was not opened.`,
        'Unpack it on your computer and drop the folder instead.',
      );
  } catch (thrown) {
    if (thrown instanceof ProblemError || thrown instanceof CancelledError) throw thrown;
    // The library looks at paths by itself, before they come here.
    if (thrown instanceof Error && thrown.message === ERR_UNSAFE_FILENAME)
      throw refusedFor(shown, 'holds a path that leads out of the archive');
    throw new ProblemError(
      `${shown} is damaged or not a zip archive: ${thrown instanceof Error ? thrown.message : String(thrown)}.`,
      'Create it again, or unpack it on your computer and drop the folder instead.',
    );
  }
  return files;
}

/** The path of an entry with '/' between folders. */
export const withSlashes = (name: string): string => name.replaceAll('\\', '/');

/** Says what is wrong with an entry's path, as {@link withSlashes} gives it; null when it stays inside the archive. */
export function whyUnsafe(path: string): string | null {
  if (path.includes('\0')) return 'has a zero byte';
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'is absolute';
  if (path.split('/').includes('..')) return 'leads out of the archive';
  if (path.length > 1024) return 'is longer than 1024 characters';
  return null;
}

/** What is implausible about the declared sizes; null when they can be photos. */
function whyAbsurd(packed: number, unpacked: number, total: number): string | null {
  if (unpacked > ZIP_LIMITS.entryBytes)
    return `holds a file that would unpack to ${Math.round(unpacked / 1e6)} MB`;
  if (total > ZIP_LIMITS.totalBytes) return `would unpack to more than ${ZIP_LIMITS.totalBytes / 1e9} GB`;
  if (unpacked > ZIP_LIMITS.ratioFloor && unpacked > packed * ZIP_LIMITS.ratio)
    return `holds a file that would grow ${Math.round(unpacked / Math.max(1, packed))} times when unpacked`;
  return null;
}

const refusedFor = (shown: string, why: string): ProblemError =>
  new ProblemError(
    `${shown} ${why}. It was refused, and nothing in it was opened.`,
    'Photo archives do not do that. If you trust it, unpack it on your computer and drop the folder instead.',
  );

function whyNotUnpacked(
  { encrypted, compressionMethod }: FileEntry,
  readable: ReadonlySet<number>,
): RejectReason | null {
  if (encrypted) return { kind: 'not-unpacked', detail: 'it is password-protected' };
  if (readable.has(compressionMethod)) return null;
  const name = METHODS[compressionMethod] ?? `method ${compressionMethod}`;
  return { kind: 'not-unpacked', detail: `it is compressed with ${name}, which cannot be read here` };
}

/** Ends the reading of an entry once enough of it is there. */
class EnoughError extends Error {}

function zipFile(entry: FileEntry, path: string, shown: string, reason: RejectReason | null): ZipFile {
  return {
    path,
    size: entry.uncompressedSize,
    reason,
    async read(signal, limit) {
      throwIfAborted(signal);
      const room = Math.min(limit ?? Number.POSITIVE_INFINITY, entry.uncompressedSize);
      const bytes = new Uint8Array(room);
      let filled = 0;
      const sink = new WritableStream<Uint8Array>({
        write(chunk) {
          if (limit === undefined && filled + chunk.length > room)
            throw refusedFor(shown, `has more data in “${path}” than it declares`);
          const part = chunk.subarray(0, room - filled);
          bytes.set(part, filled);
          filled += part.length;
          if (limit !== undefined && filled >= room) throw new EnoughError();
        },
      });
      try {
        await entry.getData(sink, { signal, useWebWorkers: false, checkCrc32: limit === undefined });
      } catch (thrown) {
        if (signal.aborted) throw new CancelledError();
        if (!(limit !== undefined && filled >= room)) throw thrown;
      }
      return filled === room ? bytes : bytes.slice(0, filled);
    },
  };
}
