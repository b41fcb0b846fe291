import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BlobReader,
  BlobWriter,
  configure,
  Uint8ArrayReader,
  Uint8ArrayWriter,
  ZipReader,
  ZipWriter,
} from '@zip.js/zip.js';
import { archiveNames, type ModelSource, modelFilesAmong } from '../src/domain/custom-model/files.ts';
import { ProblemError } from '../src/lib/problem.ts';
import { writeText } from './output.ts';

configure({ useWebWorkers: false });

/** Files of archives that we wrote: nothing that could leave the folder. */
const MODEL_FILE = /^(?!\.\.)[\w.-]+$/;
const CROP_FILE = /^(split\.csv|(?![. -])[\p{L}\p{M}\p{N} ._-]+(?<![. ])\/\d+\.png)$/u;

/** Unpacks a model .zip, whose files all lie at its top, into a folder. Returns the paths written. */
export const unpack = (zip: string, folder: string): Promise<string[]> => unpackOnly(MODEL_FILE, zip, folder);

/** Unpacks a .zip of aligned faces, in one folder per person, into a folder. Returns the paths written. */
export const unpackCrops = (zip: string, folder: string): Promise<string[]> =>
  unpackOnly(CROP_FILE, zip, folder);

async function unpackOnly(expected: RegExp, zip: string, folder: string): Promise<string[]> {
  const reader = new ZipReader(new BlobReader(new Blob([await readFile(zip)])));
  const written: string[] = [];
  for (const entry of await reader.getEntries()) {
    if (entry.directory) continue;
    if (!expected.test(entry.filename)) {
      throw new ProblemError(`The archive holds an unexpected file "${entry.filename}".`, 'Export it again.');
    }
    const path = join(folder, entry.filename);
    await writeText(path, await entry.getData(new Uint8ArrayWriter()));
    written.push(path);
  }
  await reader.close();
  return written;
}

/**
 * A model as the page takes it: a .zip as it is; of a folder the one model in it, zipped in memory, whatever else is there.
 *
 * @throws ProblemError where there is no model, or more than one, or a file of it is missing
 */
export async function modelZip(path: string): Promise<Buffer> {
  if (!(await stat(path)).isDirectory()) return readFile(path);
  const sources: ModelSource[] = [];
  const folders: string[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const { name } = entry;
    const full = join(path, name);
    // Behind a link there may be either, or nothing.
    const found = entry.isSymbolicLink() ? await stat(full).catch(() => null) : entry;
    if (found?.isDirectory()) folders.push(name);
    if (!found?.isFile()) continue;
    const bytes = async (): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(await readFile(full));
    sources.push({ path: name, size: (await stat(full)).size, bytes });
  }
  const files = await modelFilesAmong(sources).catch((thrown: unknown) => {
    // What --out named in another run: the model lies in a folder of its own.
    if (folders.includes('model') && !sources.some((source) => source.path === 'model.json')) return null;
    if (!(thrown instanceof ProblemError)) throw thrown;
    throw new ProblemError(`${path}: ${thrown.problem.what}`, thrown.problem.remedy);
  });
  if (files === null) return modelZip(join(path, 'model'));
  const writer = new ZipWriter(new BlobWriter('application/zip'));
  for (const [name, source] of archiveNames(files)) {
    await writer.add(name, new Uint8ArrayReader(await source.bytes()), { level: 0 });
  }
  return Buffer.from(await (await writer.close()).arrayBuffer());
}
