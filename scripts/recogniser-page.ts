import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, type Plugin } from 'vite';

const ROOT = join(import.meta.dirname, '..');
/** Below it lies everything of the page in the built program; the export format `page` fetches it from there. */
const FOLDER = 'recogniser';
const HTML = 'recogniser.html';

/** What the page needs beside its own build, by the place that it has there. */
const OTHERS = {
  'LICENSE.txt': 'LICENSE',
  'models/LICENSE-Apache-2.0.txt': 'public/models/LICENSE-Apache-2.0.txt',
  'models/blazeface/model.json': 'public/models/blazeface/model.json',
  'models/blazeface/weights.bin': 'public/models/blazeface/weights.bin',
} as const;

/**
 * Scripts from the page's own server only, no inline ones; WebAssembly is compiled; Mantine writes style elements. Photos are
 * shown from object URLs.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const withPolicy: Plugin = {
  name: 'content-security-policy',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY },
      injectTo: 'head-prepend',
    },
  ],
};

const withoutHeic = (): Plugin => ({
  name: 'without-heic',
  enforce: 'pre',
  resolveId: (source) => (source === './heic.ts' ? join(ROOT, 'src/ingest/decode/no-heic.ts') : null),
});

/** A file of the page: where it lies below its index.html, and what is in it. */
interface PageFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** `files.json`: every file of the page with its size. */
export function listOf(files: readonly PageFile[]): string {
  const listed = files.map(({ path, content }) => ({ path, bytes: Buffer.byteLength(content) }));
  return JSON.stringify({ schemaVersion: 1, files: listed }, null, 1);
}

/** Builds the page on its own, so that it carries nothing of the program that trains. */
async function buildPage(): Promise<PageFile[]> {
  const built = await build({
    configFile: false,
    root: ROOT,
    base: './',
    publicDir: false,
    logLevel: 'warn',
    plugins: [react(), withoutHeic(), withPolicy],
    worker: { format: 'es', plugins: () => [withoutHeic()] },
    build: {
      write: false,
      target: 'es2022',
      chunkSizeWarningLimit: 2500,
      rolldownOptions: { input: join(ROOT, HTML) },
    },
  });
  if (!('output' in built)) throw new Error('one build of the page was expected');
  return [
    ...built.output.map((file) => ({
      path: file.fileName === HTML ? 'index.html' : file.fileName,
      content: file.type === 'chunk' ? file.code : file.source,
    })),
    ...Object.entries(OTHERS).map(([path, source]) => ({ path, content: readFileSync(join(ROOT, source)) })),
  ];
}

/** Adds the page that the export format `page` offers to the built program, with a list of its files. */
export const recogniserPage: Plugin = {
  name: 'recogniser-page',
  apply: 'build',
  async generateBundle() {
    const files = await buildPage();
    for (const { path, content } of [...files, { path: 'files.json', content: listOf(files) }]) {
      this.emitFile({ type: 'asset', fileName: `${FOLDER}/${path}`, source: content });
    }
  },
};
