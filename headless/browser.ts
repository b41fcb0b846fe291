import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { build } from 'vite';
import { findBrowser, QUIET_FLAGS, SOFTWARE_GPU_FLAGS } from '../scripts/find-browser.mjs';
import { serveFolder } from '../scripts/serve.mjs';
import { ProblemError } from '../src/lib/problem.ts';
import type { HeadlessDoor, HeadlessProgress } from '../src/protocol/headless.ts';
import { printText } from './print-text.ts';
import { modelZip } from './unpack.ts';

declare global {
  interface Window {
    /** Set by headless.html once it is ready. */
    readonly arcfaceHeadless?: HeadlessDoor;
    /** Given by the terminal. */
    readonly reportProgress?: (progress: HeadlessProgress) => Promise<void>;
  }
}

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** Opens the built `headless.html` in a headless browser and closes everything afterwards. */
export async function withHeadlessPage<T>(
  softwareGpu: boolean,
  onProgress: (progress: HeadlessProgress) => void,
  use: (page: Page) => Promise<T>,
): Promise<T> {
  await buildIfStale();
  const server = await serveFolder(DIST, 0);
  let browser: Browser | null = null;
  try {
    browser = await chromium.launch({
      executablePath: await findBrowser(),
      args: [...QUIET_FLAGS, ...(softwareGpu ? SOFTWARE_GPU_FLAGS : [])],
    });
    const page = await browser.newPage({ acceptDownloads: true });
    page.setDefaultTimeout(0);
    await page.exposeFunction('reportProgress', onProgress);
    await page.exposeFunction('reportText', printText);
    if (process.env['ARCFACE_DEBUG']) {
      page.on('console', (message) => process.stderr.write(`[page] ${message.text()}\n`));
      page.on('pageerror', (error) => process.stderr.write(`[page] ${error.stack ?? error.message}\n`));
    }
    const broken = new Promise<never>((_, reject) => {
      page.on('crash', () =>
        reject(
          new ProblemError(
            'The browser tab broke down, most likely out of memory.',
            'Use fewer photos at once.',
          ),
        ),
      );
    });
    await page.goto(`${server.url}headless.html`);
    await page.waitForFunction(() => window.arcfaceHeadless !== undefined, undefined, { timeout: 60_000 });
    return await Promise.race([use(page), broken]);
  } finally {
    await browser?.close();
    await server.close();
  }
}

/** Gives a folder or a .zip to the page's inputs, as a person choosing it would. */
export async function choose(
  page: Page,
  path: string,
  folderInput: string,
  zipInput: string | null,
): Promise<void> {
  const isFolder = (await stat(path)).isDirectory();
  if (!isFolder && (zipInput === null || !path.toLowerCase().endsWith('.zip'))) {
    throw new ProblemError(`${path} is not a folder${zipInput === null ? '' : ' or a .zip'}.`, 'Give one.');
  }
  await page.locator(isFolder || zipInput === null ? folderInput : zipInput).setInputFiles(path);
}

/** Gives the person's own network, a folder or a .zip, to the page. @returns whether there is one */
export async function chooseModel(page: Page, model: string | null): Promise<boolean> {
  if (model === null) return false;
  const buffer = await modelZip(model);
  await page.locator('#model').setInputFiles({ name: 'own.zip', mimeType: 'application/zip', buffer });
  return true;
}

/** Saves what an object URL of the page stands for. */
export async function save(page: Page, url: string, path: string): Promise<void> {
  const download = page.waitForEvent('download');
  await page.evaluate(
    ([href, name]) => {
      const link = document.createElement('a');
      link.href = href;
      link.download = name;
      link.click();
    },
    [url, basename(path)] as const,
  );
  await (await download).saveAs(path);
}

async function newest(folder: string): Promise<number> {
  let latest = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) latest = Math.max(latest, (await stat(join(entry.parentPath, entry.name))).mtimeMs);
  }
  return latest;
}

/** Builds the page when a source file is newer than the last build. */
async function buildIfStale(): Promise<void> {
  const built = join(DIST, 'headless.html');
  if (existsSync(built)) {
    const sources = Math.max(
      await newest(join(ROOT, 'src')),
      await newest(join(ROOT, 'public')),
      (await stat(join(ROOT, 'package-lock.json'))).mtimeMs,
    );
    if ((await stat(built)).mtimeMs > sources) return;
  }
  process.stderr.write('Building the page ...\n');
  await build({ root: ROOT, logLevel: 'error' });
}
