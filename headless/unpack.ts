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
import { ProblemError } from '../src/lib/problem.ts';
import { writeText } from './output.ts';

configure({ useWebWorkers: false });

/** A file name at the top of an archive that we wrote: nothing that could leave the folder. */
const PLAIN_NAME = /^[\w.-]+$/;

/** Unpacks a model .zip, whose files all lie at its top, into a folder. Returns the paths written. */
export async function unpack(zip: string, folder: string): Promise<string[]> {
  const reader = new ZipReader(new BlobReader(new Blob([await readFile(zip)])));
  const written: string[] = [];
  for (const entry of await reader.getEntries()) {
    if (entry.directory) continue;
    if (!PLAIN_NAME.test(entry.filename) || entry.filename.startsWith('..')) {
      throw new ProblemError(
        `The model archive holds an unexpected file "${entry.filename}".`,
        'Export it again.',
      );
    }
    const path = join(folder, entry.filename);
    await writeText(path, await entry.getData(new Uint8ArrayWriter()));
    written.push(path);
  }
  await reader.close();
  return written;
}

/** A model as the page takes it: a .zip as it is, a folder (one that holds model.json) zipped in memory. */
export async function modelZip(path: string): Promise<Buffer> {
  if (!(await stat(path)).isDirectory()) return readFile(path);
  const names = await readdir(path);
  if (!names.includes('model.json')) {
    if (names.includes('model')) return modelZip(join(path, 'model'));
    throw new ProblemError(
      `${path} holds no model.json.`,
      'Give the folder of an unpacked download, or its .zip.',
    );
  }
  const writer = new ZipWriter(new BlobWriter('application/zip'));
  for (const name of names.filter((entry) => PLAIN_NAME.test(entry)).sort()) {
    await writer.add(name, new Uint8ArrayReader(await readFile(join(path, name))), { level: 0 });
  }
  return Buffer.from(await (await writer.close()).arrayBuffer());
}
