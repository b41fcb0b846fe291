import { afterEach, expect, it, vi } from 'vitest';
import { listOf } from '../../../scripts/recogniser-page.ts';
import { fetchPageModel } from '../../../src/client/page-model.ts';
import {
  checkProgramFiles,
  fetchProgramFiles,
  LIST,
  parseFileList,
} from '../../../src/export/page/program-files.ts';
import { CancelledError } from '../../../src/lib/problem.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const FILES = [
  { path: 'index.html', content: '<p>ä</p>' },
  { path: 'assets/a-1_b.worker-x.js', content: 'let a;' },
  { path: 'models/net/weights.bin', content: new Uint8Array(7) },
] as const;
const built = listOf(FILES);
const { signal } = new AbortController();

afterEach(() => vi.unstubAllGlobals());

/** A server with the files of the page, changed; what is not text or bytes is its status. */
function serve(changed: Readonly<Record<string, string | Uint8Array<ArrayBuffer> | number>> = {}): void {
  const files = new Map<string, string | Uint8Array<ArrayBuffer> | number>([
    ...FILES.map(({ path, content }) => [path, content] as const),
    [LIST, built],
    ...Object.entries(changed),
  ]);
  vi.stubGlobal('fetch', async (url: string) => {
    const found = files.get(url.split('/recogniser/')[1] ?? '') ?? 404;
    return typeof found === 'number' ? new Response(null, { status: found }) : new Response(found);
  });
}

it('the list that the build writes is read back: every file, with its size in bytes', () => {
  expect(parseFileList(built)?.files).toEqual([
    { path: 'index.html', bytes: 9 },
    { path: 'assets/a-1_b.worker-x.js', bytes: 6 },
    { path: 'models/net/weights.bin', bytes: 7 },
  ]);
});

it.each([
  '../secret',
  '/etc/passwd',
  'a/../b',
  'a//b',
  '.hidden',
  'a\\b',
  'https://example.org/x',
  'a?b',
  '',
])('a list that names "%s" is none', (path) => {
  expect(parseFileList(JSON.stringify({ schemaVersion: 1, files: [{ path, bytes: 1 }] }))).toBeNull();
});

it.each([
  '<!doctype html>',
  '',
  '[]',
  '{"schemaVersion":2,"files":[{"path":"a","bytes":1}]}',
  '{"schemaVersion":1,"files":[]}',
])('what is no list is none: %s', (text) => expect(parseFileList(text)).toBeNull());

it('fetches every file of the list, and the list', async () => {
  serve();
  const files = await fetchProgramFiles(signal);
  expect(files.map(({ name }) => name)).toEqual([...FILES.map(({ path }) => path), LIST]);
});

it('says in a sentence why there is no page: unbuilt, a file missing or of another size, no server; or is cancelled', async () => {
  serve({ [LIST]: '<!doctype html>' }); // what the development server answers
  await expect(fetchProgramFiles(signal)).rejects.toThrow(/runs unbuilt.*npm start/);
  serve({ 'models/net/weights.bin': 404 });
  await expect(fetchProgramFiles(signal)).rejects.toThrow(
    /weights\.bin, could not be fetched: the server answers 404/,
  );
  serve({ 'index.html': 'short' });
  await expect(fetchProgramFiles(signal)).rejects.toThrow(/index\.html.* has 5 bytes, and 9 are announced/);
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('Failed to fetch');
  });
  await expect(fetchProgramFiles(signal)).rejects.toThrow(
    /could not be fetched: Failed to fetch.*still runs/,
  );
  await expect(fetchProgramFiles(AbortSignal.abort())).rejects.toBeInstanceOf(CancelledError);
});

it('a download is complete only with every file of its list at its size', () => {
  const whole = new Map([
    ...FILES.map(
      ({ path, content }) => [path, typeof content === 'string' ? bytes(content) : content] as const,
    ),
    [LIST, bytes(built)] as const,
  ]);
  checkProgramFiles(whole);
  const without = (path: string) => new Map([...whole].filter(([name]) => name !== path));
  expect(() => checkProgramFiles(without(LIST))).toThrow(/files\.json is missing or damaged/);
  expect(() => checkProgramFiles(without('index.html'))).toThrow(/index\.html is missing/);
  expect(() => checkProgramFiles(new Map([...whole, ['index.html', bytes('x')]]))).toThrow(
    /has 1 bytes instead of 9/,
  );
});

it('the page fetches its model with progress, and says in a sentence why it cannot', async () => {
  const seen: (readonly [number, number])[] = [];
  const progress = (done: number, total: number): void => void seen.push([done, total]);
  vi.stubGlobal('fetch', async () => new Response('a model', { headers: { 'content-length': '7' } }));
  const model = await fetchPageModel('http://localhost/model.zip', progress, signal);
  expect(await model.text()).toBe('a model');
  expect(seen.at(-1)).toEqual([7, 7]);
  vi.stubGlobal('fetch', async () => new Response(null, { status: 404 }));
  await expect(fetchPageModel('x', progress, signal)).rejects.toThrow(
    /the server answers 404.*beside index\.html/,
  );
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('Failed to fetch');
  });
  await expect(fetchPageModel('x', progress, signal)).rejects.toThrow(/Failed to fetch/);
  await expect(fetchPageModel('x', progress, AbortSignal.abort())).rejects.toBeInstanceOf(CancelledError);
});
