import type { RejectReason, SourceFile } from '../../domain/faces.ts';
import { ProblemError, throwIfAborted } from '../../lib/problem.ts';
import { FILE_LIMIT } from '../decode/decode.ts';
import { dimensions, HEADER_BYTES } from './dimensions.ts';
import { labelPaths } from './label.ts';
import { isSystemFile, SNIFF_BYTES, sniff } from './sniff.ts';
import { openZip } from './unzip.ts';

/** One file that will be read. */
export interface Item {
  /** As shown to the person: entries of an archive come below its name. */
  readonly path: string;
  readonly label: string | null;
  /** Set where the answer is known without reading it. */
  readonly reason: RejectReason | null;
  /** Reads all of it, or its first `limit` bytes. */
  read(signal: AbortSignal, limit?: number): Promise<Uint8Array<ArrayBuffer>>;
}

export interface Listing {
  readonly items: readonly Item[];
  readonly identities: number;
  readonly unlabelled: number;
  readonly alignedSize: number | null;
  readonly notes: readonly string[];
}

/** Largest edge of what can be an aligned crop already. */
const ALIGNED_LIMIT = 160;

interface Entry {
  readonly path: string;
  /** Path that the label is read from: inside an archive, the archive itself is no folder. */
  readonly labelled: string;
  readonly size: number;
  read(signal: AbortSignal, limit?: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Lists what was dropped, in the order of the sorted paths, and reads the headers: archives are
 * opened (their directory only), folders that hold photos become labels, sizes tell aligned crops.
 *
 * @throws ProblemError for a hostile or broken archive; CancelledError when the signal is given.
 */
export async function list(sources: readonly SourceFile[], signal: AbortSignal): Promise<Listing> {
  const entries: Entry[] = [];
  for (const source of sources) {
    throwIfAborted(signal);
    const folders = source.path.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
    const path = folders.join('/') || source.file.name;
    const first = fileEntry(path, source.file);
    const archive = await isZip(first, signal);
    if (!archive) {
      entries.push(first);
      continue;
    }
    const parent = folders
      .slice(0, -1)
      .map((part) => `${part}/`)
      .join('');
    for (const file of await openZip(source.file, path, signal)) {
      const { size } = file;
      entries.push({ path: `${path}/${file.path}`, labelled: parent + file.path, size, read: file.read });
    }
  }
  entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return describe(entries, signal);
}

function fileEntry(path: string, file: File): Entry {
  return {
    path,
    labelled: path,
    size: file.size,
    async read(signal, limit) {
      throwIfAborted(signal);
      return new Uint8Array(await (limit === undefined ? file : file.slice(0, limit)).arrayBuffer());
    },
  };
}

async function isZip(entry: Entry, signal: AbortSignal): Promise<boolean> {
  if (isSystemFile(entry.path)) return false;
  // A file that cannot be read is reported when its turn comes.
  const head = await entry.read(signal, 4).catch(() => null);
  const signature = head ? String.fromCharCode(...head) : '';
  return signature === 'PK\x03\x04' || signature === 'PK\x05\x06';
}

async function describe(entries: readonly Entry[], signal: AbortSignal): Promise<Listing> {
  const reasons = entries.map((entry): RejectReason | null => {
    if (isSystemFile(entry.path)) return { kind: 'system-file' };
    if (entry.size === 0) return { kind: 'empty' };
    if (entry.size > FILE_LIMIT)
      return {
        kind: 'too-large',
        detail: `${Math.round(entry.size / 1e6)} MB; at most ${FILE_LIMIT / 1e6} MB`,
      };
    return null;
  });
  const photos = await findPhotos(entries, reasons, signal);
  const { labels, notes } = labelPaths(photos.indices.map((index) => entries[index]?.labelled ?? ''));
  const labelOf = new Map(photos.indices.map((index, i) => [index, labels[i] ?? null]));
  return {
    items: entries.map((entry, index) => ({
      path: entry.path,
      label: labelOf.get(index) ?? null,
      reason: isOfNetwork(entry.path, photos.networks) ? { kind: 'network' } : (reasons[index] ?? null),
      read: (abort, limit) => entry.read(abort, limit),
    })),
    identities: new Set(labels.filter((label) => label !== null)).size,
    unlabelled: labels.filter((label) => label === null).length,
    alignedSize: photos.alignedSize,
    notes,
  };
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** The weights and whatever else lies beside the description of a network are not recognisable by themselves. */
const isOfNetwork = (path: string, networks: ReadonlySet<string>): boolean =>
  /\.(json|bin)$/i.test(path) && networks.has(folderOf(path));

/**
 * Which entries are pictures by their first bytes, the one square size that they all have, if so, and which folders hold
 * the description of a network.
 */
async function findPhotos(
  entries: readonly Entry[],
  reasons: readonly (RejectReason | null)[],
  signal: AbortSignal,
): Promise<{
  readonly indices: readonly number[];
  readonly alignedSize: number | null;
  readonly networks: ReadonlySet<string>;
}> {
  const indices: number[] = [];
  const networks = new Set<string>();
  let edge: number | null = null;
  let aligned = true;
  for (const [index, entry] of entries.entries()) {
    if (reasons[index]) continue;
    throwIfAborted(signal);
    // The rest of the header is only read while all photos so far can be crops of one size.
    const head = await readHead(entry, aligned ? HEADER_BYTES : SNIFF_BYTES, signal);
    const sniffed = head ? sniff(head) : null;
    if (sniffed?.kind === 'network') networks.add(folderOf(entry.path));
    if (!head || sniffed?.kind !== 'image') continue;
    indices.push(index);
    if (!aligned) continue;
    const size = dimensions(sniffed.format, head);
    aligned = size !== null && size.width === size.height && size.width <= ALIGNED_LIMIT;
    if (aligned) {
      edge ??= size?.width ?? null;
      aligned = edge === size?.width;
    }
  }
  return { indices, alignedSize: aligned ? edge : null, networks };
}

async function readHead(entry: Entry, limit: number, signal: AbortSignal): Promise<Uint8Array | null> {
  try {
    return await entry.read(signal, limit);
  } catch (thrown) {
    throwIfAborted(signal);
    if (thrown instanceof ProblemError) throw thrown;
    return null; // reported as damaged when its turn comes
  }
}
