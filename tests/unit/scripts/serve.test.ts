import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveFolder } from '../../../scripts/serve.mjs';

const root = mkdtempSync(join(tmpdir(), 'serve-'));
let server: Awaited<ReturnType<typeof serveFolder>>;

beforeAll(async () => {
  mkdirSync(join(root, 'dist', 'assets'), { recursive: true });
  mkdirSync(join(root, 'dist-other'));
  writeFileSync(join(root, 'secret.txt'), 'secret');
  writeFileSync(join(root, 'dist-other', 'secret.txt'), 'secret');
  writeFileSync(join(root, 'dist', 'index.html'), '<p>page</p>');
  writeFileSync(join(root, 'dist', 'assets', 'kernels.wasm'), 'wasm');
  server = await serveFolder(join(root, 'dist'), 0);
});
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

/** The status of a path that is sent as it is, which fetch would normalise first. */
const statusOf = (path: string, headers: Record<string, string> = {}): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url);
    request({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });

describe('serveFolder', () => {
  it('serves files on this machine only, isolated and with their types', async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await fetch(server.url);
    expect(await page.text()).toBe('<p>page</p>');
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(page.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const wasm = await fetch(`${server.url}assets/kernels.wasm`);
    expect(wasm.headers.get('content-type')).toBe('application/wasm');
    expect(wasm.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('serves files that are written after it started', async () => {
    writeFileSync(join(root, 'dist', 'later.json'), '{}');
    expect((await fetch(`${server.url}later.json`)).status).toBe(200);
  });

  it.each([
    '/nothing',
    '/assets/',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/../dist-other/secret.txt',
    '/assets/..\\..\\..\\secret.txt',
    '/%00',
    '/%E0%A4%A',
  ])('answers 404 at %s', async (path) => {
    expect(await statusOf(path)).toBe(404);
  });

  it('survives a range that ends before it begins', async () => {
    expect(await statusOf('/index.html', { range: 'bytes=5-2' })).toBe(200);
  });

  it('does not take a port that is in use', async () => {
    await expect(serveFolder(root, Number(new URL(server.url).port))).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
