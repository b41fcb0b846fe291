import { z } from 'zod';
import type { ArchiveFile } from '../../lib/archive.ts';
import { ProblemError, throwIfAborted } from '../../lib/problem.ts';
import { publicUrl } from '../../lib/public-url.ts';

/** The list of the page's files, in the built program and in a download; see scripts/recogniser-page.ts. */
export const LIST = 'files.json';
/** Where the built program has them. */
const FOLDER = 'recogniser/';
const LIMITS = { files: 200, bytes: 64 * 1024 * 1024 } as const;

const listSchema = z.strictObject({
  schemaVersion: z.literal(1),
  files: z
    .array(
      z.strictObject({
        /** Below the page's folder, '/' between folders; no part begins with a dot. */
        path: z
          .string()
          .max(200)
          .regex(/^\w[\w.-]*(\/\w[\w.-]*)*$/),
        bytes: z.int().min(1).max(LIMITS.bytes),
      }),
    )
    .min(1)
    .max(LIMITS.files),
});
export type FileList = z.infer<typeof listSchema>;

/** @returns null where the text is no list */
export function parseFileList(text: string): FileList | null {
  try {
    return listSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * Fetches the files of the page, with their list, from where this program came from.
 *
 * @throws ProblemError where the program is not built, a file is missing, or the server does not answer; CancelledError
 */
export async function fetchProgramFiles(signal: AbortSignal): Promise<ArchiveFile[]> {
  const text = await (await fetched(LIST, signal)).text();
  const list = parseFileList(text);
  if (list === null) {
    throw new ProblemError(
      'The files of a page of its own are not here: the program runs unbuilt, or was not copied to its server as a whole.',
      'Build it and open the built page ("npm start"), then train and export there.',
    );
  }
  const files: ArchiveFile[] = [];
  for (const { path, bytes } of list.files) {
    const data = await fetched(path, signal);
    if (data.size !== bytes) {
      throw notFetched(path, `it has ${data.size} bytes, and ${bytes} are announced`);
    }
    files.push({ name: path, data });
  }
  return [...files, { name: LIST, data: new TextEncoder().encode(text) }];
}

async function fetched(path: string, signal: AbortSignal): Promise<Blob> {
  try {
    const answer = await fetch(publicUrl(FOLDER + path), { signal });
    if (!answer.ok) throw notFetched(path, `the server answers ${answer.status}`);
    return await answer.blob();
  } catch (thrown) {
    throwIfAborted(signal);
    if (thrown instanceof ProblemError) throw thrown;
    throw notFetched(path, thrown instanceof Error ? thrown.message : String(thrown));
  }
}

const notFetched = (path: string, why: string): ProblemError =>
  new ProblemError(
    `A file of this program, ${path}, could not be fetched: ${why}.`,
    'Check that the server which this page came from still runs and has all files of the built program, then export again.',
  );

/**
 * Compares a download with the list in it.
 *
 * @throws ProblemError where the list is missing or damaged, or a file is missing or of another size
 */
export function checkProgramFiles(files: ReadonlyMap<string, Uint8Array>): void {
  const list = parseFileList(new TextDecoder().decode(files.get(LIST)));
  if (list === null) throw incomplete(`${LIST} is missing or damaged`);
  for (const { path, bytes } of list.files) {
    const found = files.get(path);
    if (found === undefined) throw incomplete(`${path} is missing`);
    if (found.length !== bytes) throw incomplete(`${path} has ${found.length} bytes instead of ${bytes}`);
  }
}

const incomplete = (why: string): ProblemError =>
  new ProblemError(`The page is not complete: ${why}.`, 'Export it again.');
