import type { SourceFile } from '../domain/faces.ts';
import { throwIfAborted } from '../lib/problem.ts';

/** What was dropped, as far as it can be told before the drop event ends. */
export interface Dropped {
  readonly entries: readonly FileSystemEntry[];
  /** Files of browsers that give no entries. */
  readonly files: readonly File[];
}

/**
 * Takes hold of what was dropped. Must be called inside the drop handler before its first await: after that
 * the browser empties the transfer.
 */
export function takeDrop(transfer: DataTransfer): Dropped {
  const entries: FileSystemEntry[] = [];
  const files: File[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    if (entry) entries.push(entry);
    else {
      const file = item.getAsFile();
      if (file) files.push(file);
    }
  }
  return { entries, files };
}

// The types of the DOM library tell files from directories only by these flags.
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

/** `readEntries` gives at most about 100 at a time and must be asked until it gives none. */
async function childrenOf(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (batch.length === 0) return children;
    children.push(...batch);
  }
}

export interface WalkReport {
  readonly sources: readonly SourceFile[];
  /** Paths that the browser could not read, e.g. deleted meanwhile or without permission. */
  readonly unreadable: readonly string[];
}

/** Lists every file below what was dropped, folders and all, depth first. */
export async function walkDrop(
  { entries, files }: Dropped,
  onCount: (files: number) => void,
  signal: AbortSignal,
): Promise<WalkReport> {
  const sources: SourceFile[] = files.map((file) => ({ path: file.name, file }));
  const unreadable: string[] = [];
  const open = [...entries].reverse();
  for (let entry = open.pop(); entry; entry = open.pop()) {
    throwIfAborted(signal);
    const path = entry.fullPath.replace(/^\/+/, '');
    try {
      if (isFile(entry)) {
        sources.push({ path, file: await fileOf(entry) });
        if (sources.length % 50 === 0) onCount(sources.length);
      } else if (isDirectory(entry)) {
        open.push(...(await childrenOf(entry)).reverse());
      }
    } catch {
      unreadable.push(path);
    }
  }
  onCount(sources.length);
  return { sources, unreadable };
}

/** Files of a file input; those of a folder picker carry their path inside the folder. */
export const sourcesOfInput = (files: Iterable<File>): SourceFile[] =>
  Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file }));
