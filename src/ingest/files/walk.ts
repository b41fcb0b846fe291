import type { RejectReason, SourceFile } from '../../domain/faces.ts';
import { ProblemError, throwIfAborted } from '../../lib/problem.ts';
import { FILE_LIMIT } from '../decode/decode.ts';
import { dimensions, HEADER_BYTES } from './dimensions.ts';
import { type Labels, labelChoices } from './label-choices.ts';
import { LIST_LIMITS, mayBeList, type NameList, photoFinder, readNameList } from './name-list.ts';
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
  readonly files: number;
  /** Ways to name the people, the recommended one first. */
  readonly labels: readonly Labels[];
  readonly alignedSize: number | null;
  readonly notes: readonly string[];
  /** The files, labelled in one of those ways; null leaves them without a label. */
  items(labels: Labels | null): readonly Item[];
}

/** Largest edge of what can be an aligned crop already. */
const ALIGNED_LIMIT = 160;

interface Entry {
  readonly path: string;
  /** Path that the label is read from: inside an archive, the archive itself is no folder. */
  readonly labelled: string;
  /** Leading folders of it that are what was dropped. */
  readonly roots: number;
  readonly size: number;
  /** Why it cannot be read, where its archive says so. */
  readonly reason: RejectReason | null;
  read(signal: AbortSignal, limit?: number): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Lists what was dropped, in the order of the sorted paths, and reads the headers: archives are
 * opened (their directory only), the ways to name the people are found, sizes tell aligned crops.
 *
 * @param level the folder that many levels below what was dropped names the person; null finds out
 * @throws ProblemError for a hostile or broken archive; CancelledError when the signal is given.
 */
export async function list(
  sources: readonly SourceFile[],
  level: number | null,
  signal: AbortSignal,
): Promise<Listing> {
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
      const { size, reason, read } = file;
      const labelled = parent + file.path;
      entries.push({ path: `${path}/${file.path}`, labelled, roots: rootsOf(parent), size, reason, read });
    }
  }
  entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return describe(entries, level, signal);
}

const rootsOf = (path: string): number => (path.includes('/') ? 1 : 0);

function fileEntry(path: string, file: File): Entry {
  return {
    path,
    labelled: path,
    roots: rootsOf(path),
    size: file.size,
    reason: null,
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

async function describe(
  entries: readonly Entry[],
  level: number | null,
  signal: AbortSignal,
): Promise<Listing> {
  const reasons = entries.map((entry): RejectReason | null => {
    if (isSystemFile(entry.path)) return { kind: 'system-file' };
    if (entry.reason) return entry.reason;
    if (entry.size === 0) return { kind: 'empty' };
    if (entry.size > FILE_LIMIT)
      return {
        kind: 'too-large',
        detail: `${Math.round(entry.size / 1e6)} MB; at most ${FILE_LIMIT / 1e6} MB`,
      };
    return null;
  });
  const { photos, texts, networks, alignedSize } = await findPhotos(entries, reasons, signal);
  const lists = await readLists(texts, photos, signal);
  const labels = labelChoices(
    photos.map(({ labelled, roots }) => ({ path: labelled, roots })),
    lists.found,
    level,
  );
  return {
    files: entries.length,
    labels,
    alignedSize,
    notes: lists.notes,
    items(chosen) {
      const source = chosen?.choice.source;
      const list = source?.kind === 'list' ? source.list : null;
      const labelOf = new Map(photos.map((photo, i) => [photo, chosen?.labels[i] ?? null]));
      const unnamed: RejectReason = { kind: 'unnamed', list };
      return entries.map((entry, index) => {
        const label = labelOf.get(entry) ?? null;
        let reason = reasons[index] ?? null;
        if (isOfNetwork(entry.path, networks)) reason = { kind: 'network' };
        else if (list === entry.path) reason = { kind: 'label-list' };
        else if (source && source.kind !== 'folder' && label === null && labelOf.has(entry)) reason = unnamed;
        return { path: entry.path, label, reason, read: (abort, limit) => entry.read(abort, limit) };
      });
    },
  };
}

/** Reads the files that may be lists of names. One that is too large is told. */
async function readLists(
  texts: readonly Entry[],
  photos: readonly Entry[],
  signal: AbortSignal,
): Promise<{
  readonly found: readonly { readonly path: string; readonly read: NameList }[];
  readonly notes: readonly string[];
}> {
  const found: { path: string; read: NameList }[] = [];
  const notes: string[] = [];
  if (photos.length === 0 || texts.length === 0) return { found, notes };
  const find = photoFinder(photos.map(({ path }) => path));
  let left: number = LIST_LIMITS.bytes;
  // The list of many photos is the largest text among them.
  const largest = [...texts].sort((a, b) => b.size - a.size).slice(0, LIST_LIMITS.files);
  for (const { path, size, read } of largest) {
    if (size > left) {
      notes.push(
        `“${path}” was not looked into for names: lists up to ${LIST_LIMITS.bytes / 1e6} MB together are read.`,
      );
      continue;
    }
    left -= size;
    const bytes = await read(signal).catch(() => null); // reported as damaged when its turn comes
    throwIfAborted(signal);
    const names = bytes && readNameList(path, bytes, photos.length, find);
    if (names) found.push({ path, read: names });
  }
  return { found, notes };
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** The weights and whatever else lies beside the description of a network are not recognisable by themselves. */
const isOfNetwork = (path: string, networks: ReadonlySet<string>): boolean =>
  /\.(json|bin)$/i.test(path) && networks.has(folderOf(path));

/**
 * Which entries are pictures by their first bytes, the one square size that they all have, if so, which may be lists, and
 * which folders hold the description of a network.
 */
async function findPhotos(
  entries: readonly Entry[],
  reasons: readonly (RejectReason | null)[],
  signal: AbortSignal,
): Promise<{
  readonly photos: readonly Entry[];
  readonly texts: readonly Entry[];
  readonly alignedSize: number | null;
  readonly networks: ReadonlySet<string>;
}> {
  const photos: Entry[] = [];
  const texts: Entry[] = [];
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
    if (sniffed?.kind === 'other' && mayBeList(entry.path)) texts.push(entry);
    if (!head || sniffed?.kind !== 'image') continue;
    photos.push(entry);
    if (!aligned) continue;
    const size = dimensions(sniffed.format, head);
    aligned = size !== null && size.width === size.height && size.width <= ALIGNED_LIMIT;
    if (aligned) {
      edge ??= size?.width ?? null;
      aligned = edge === size?.width;
    }
  }
  return { photos, texts, alignedSize: aligned ? edge : null, networks };
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
