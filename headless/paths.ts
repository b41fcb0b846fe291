import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ProblemError } from '../src/lib/problem.ts';

/** Paths of the command line, looked at before anything is done with them. @throws ProblemError, all of them */

/** A folder that holds a file somewhere, or a .zip. @returns its absolute path */
export function photos(name: string, value: string): string {
  const path = readable(name, value);
  if (statSync(path).isDirectory()) return filled(name, path);
  if (path.toLowerCase().endsWith('.zip')) return path;
  throw new ProblemError(`${name}: ${path} is neither a folder nor a .zip.`, 'Give one.');
}

/** A folder that holds a file somewhere. @returns its absolute path */
export function folder(name: string, value: string): string {
  const path = readable(name, value);
  if (statSync(path).isDirectory()) return filled(name, path);
  throw new ProblemError(`${name}: ${path} is not a folder.`, 'Give a folder.');
}

/** A file. @returns its absolute path */
export function file(name: string, value: string): string {
  const path = readable(name, value);
  if (statSync(path).isFile()) return path;
  throw new ProblemError(`${name}: ${path} is not a file.`, 'Give the path of a file.');
}

/** @returns the text of a file */
export const textOf = (name: string, value: string): string => readFileSync(file(name, value), 'utf8');

/** @returns the object that a JSON file holds */
export function jsonOf(name: string, value: string): object {
  const text = textOf(name, value);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // falls through to the sentence below
  }
  throw new ProblemError(
    `${name}: ${resolve(value)} is not a JSON object.`,
    'It holds settings like {"epochs": 20, "seed": 3}.',
  );
}

/** A folder that is there or can be made. @returns its absolute path */
export function outFolder(value: string): string {
  const path = resolve(value);
  const found = kindOf(path);
  if (found === 'file') {
    throw new ProblemError(`--out: ${path} is a file.`, 'Give a folder, there or to be made.');
  }
  writable(path);
  return path;
}

/** A file that can be written. @returns its absolute path */
export function outFile(value: string): string {
  const path = resolve(value);
  if (kindOf(path) === 'folder') {
    throw new ProblemError(`--out: ${path} is a folder.`, 'Give the path of a file.');
  }
  writable(path);
  writable(dirname(path)); // it is written under another name first
  return path;
}

/** Whether a path can be written, with the folders above it that are still to be made. */
function writable(path: string): void {
  let existing = path;
  while (kindOf(existing) === null && dirname(existing) !== existing) existing = dirname(existing);
  if (existing !== path && kindOf(existing) === 'file') {
    throw new ProblemError(`--out: ${path} cannot be written: ${existing} is a file.`, 'Give another path.');
  }
  try {
    accessSync(existing, constants.W_OK);
  } catch (thrown) {
    throw cannotWrite(path, thrown);
  }
}

/** What hinders writing, in words. */
export function cannotWrite(path: string, thrown: unknown): ProblemError {
  return new ProblemError(
    `--out: ${path} cannot be written${because(thrown)}.`,
    'Give another path, or make room for it.',
  );
}

function because(thrown: unknown): string {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const known: Readonly<Record<string, string>> = {
    EACCES: 'no permission',
    EPERM: 'no permission',
    EROFS: 'its disk is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
    ENOTDIR: 'a file stands where a folder should be',
    EEXIST: 'a file stands where a folder should be',
    EISDIR: 'it is a folder',
    ENAMETOOLONG: 'the name is too long',
  };
  const words = known[code] ?? (thrown instanceof Error ? thrown.message : '');
  return words && `: ${words}`;
}

function kindOf(path: string): 'file' | 'folder' | null {
  try {
    return statSync(path).isDirectory() ? 'folder' : 'file';
  } catch {
    return null;
  }
}

function readable(name: string, value: string): string {
  const path = resolve(value);
  if (kindOf(path) === null) throw new ProblemError(`${name}: ${path} does not exist.`, 'Check the path.');
  try {
    accessSync(path, constants.R_OK);
  } catch {
    throw new ProblemError(`${name}: ${path} cannot be read.`, 'Check its permissions.');
  }
  return path;
}

function filled(name: string, path: string): string {
  if (holdsFile(path)) return path;
  throw new ProblemError(`${name}: ${path} holds no files.`, 'Give a folder with photos.');
}

function holdsFile(path: string): boolean {
  const entries = readdirSync(path, { withFileTypes: true });
  return (
    entries.some((entry) => !entry.isDirectory()) ||
    entries.some((entry) => entry.isDirectory() && holdsFile(join(path, entry.name)))
  );
}

/** Every folder at or below a path by its name, and whether there is an archive: what is in that is not known. */
export function survey(path: string): { readonly folders: ReadonlySet<string>; readonly archives: boolean } {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name.normalize('NFC'));
  return {
    folders: new Set([...folders, ...path.normalize('NFC').split(/[/\\]/).slice(-1)]),
    archives: entries.some(({ name }) => name.toLowerCase().endsWith('.zip')),
  };
}
