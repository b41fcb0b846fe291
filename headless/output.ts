import { rmSync } from 'node:fs';
import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cannotWrite } from './paths.ts';

/** Files that are being written: an end of the program in between removes them. */
const unfinished = new Set<string>();

/** Removes what is half written. At once, as the end of a process asks for. */
export function removeUnfinished(): void {
  for (const path of unfinished) rmSync(path, { force: true });
  unfinished.clear();
}

/** While work runs, a file counts as unfinished. */
export async function whileUnfinished<T>(path: string, work: () => Promise<T>): Promise<T> {
  unfinished.add(path);
  try {
    const result = await work();
    unfinished.delete(path);
    return result;
  } catch (thrown) {
    await rm(path, { force: true }).catch(() => {}); // the first failure is the one to tell
    unfinished.delete(path);
    throw thrown;
  }
}

/**
 * Writes a file that is there only once it is whole: under another name first, then renamed. Folders above it are made.
 * What is no ordinary file, e.g. /dev/null, is written as it is.
 *
 * @param write given the name to write to
 * @throws ProblemError where it cannot be written
 */
export async function writeWhole(path: string, write: (part: string) => Promise<void>): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const target = await realpath(path).catch(() => path); // behind a link
    const ordinary = await stat(target).then(
      (found) => found.isFile(),
      () => true,
    );
    if (!ordinary) return await write(target);
    const part = `${target}.part`;
    await whileUnfinished(part, async () => {
      await write(part);
      await rename(part, target);
    });
  } catch (thrown) {
    throw isOfFileSystem(thrown) ? cannotWrite(path, thrown) : thrown;
  }
}

export const writeText = (path: string, text: string | Uint8Array): Promise<void> =>
  writeWhole(path, (part) => writeFile(part, text));

export const writeJson = (path: string, value: unknown, indent?: number): Promise<void> =>
  writeText(path, `${JSON.stringify(value, null, indent)}\n`);

const isOfFileSystem = (thrown: unknown): boolean =>
  thrown instanceof Error && 'syscall' in thrown && 'code' in thrown;
