import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { build } from 'vite';
import { findBrowser, QUIET_FLAGS, SOFTWARE_GPU_FLAGS } from '../scripts/find-browser.mjs';
import { serveFolder } from '../scripts/serve.mjs';
import { ProblemError } from '../src/lib/problem.ts';

import type { HeadlessAnswer, HeadlessDoor, HeadlessProgress } from '../src/protocol/headless.ts';
import { whileUnfinished, writeWhole } from './output.ts';
import { printText } from './print-text.ts';

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
      executablePath: await foundBrowser(),
      args: [...QUIET_FLAGS, ...(softwareGpu ? SOFTWARE_GPU_FLAGS : [])],
      // main.ts ends the process, and with it the browser.
      handleSIGINT: false,
      handleSIGTERM: false,
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

/** What the page was asked for; a failure comes back as a value, so that its sentence is not lost on the way. */
export function unwrap<T>(answer: HeadlessAnswer<T>): T {
  if (answer.ok) return answer.value;
  throw new ProblemError(answer.problem.what, answer.problem.remedy);
}

/** Gives a folder or a .zip to the page's inputs, as a person choosing it would. */
export async function choose(page: Page, path: string, folderInput: string, zipInput: string): Promise<void> {
  const isFolder = (await stat(path)).isDirectory();
  await page.locator(isFolder ? folderInput : zipInput).setInputFiles(path);
}

/** Gives the person's own network, as {@link modelZip} makes it, to the page. @returns whether there is one */
export async function chooseModel(page: Page, buffer: Buffer | null): Promise<boolean> {
  if (buffer === null) return false;
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
  const saved = await download;
  await writeWhole(path, (part) => saved.saveAs(part));
}

async function foundBrowser(): Promise<string> {
  try {
    return await findBrowser();
  } catch (thrown) {
    throw new ProblemError(thrown instanceof Error ? thrown.message : String(thrown), '');
  }
}

async function newest(folder: string): Promise<number> {
  let latest = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) latest = Math.max(latest, (await stat(join(entry.parentPath, entry.name))).mtimeMs);
  }
  return latest;
}

/** Of the built page, beside what is in folders. */
const OTHER_SOURCES = ['package-lock.json', 'vite.config.ts', 'headless.html', 'recogniser.html'];

/** Builds the page when a source file is newer than the last build. */
async function buildIfStale(): Promise<void> {
  const built = join(DIST, 'headless.html');
  if (existsSync(built)) {
    const sources = Math.max(
      await newest(join(ROOT, 'src')),
      await newest(join(ROOT, 'public')),
      ...(await Promise.all(OTHER_SOURCES.map(async (name) => (await stat(join(ROOT, name))).mtimeMs))),
    );
    if ((await stat(built)).mtimeMs > sources) return;
  }
  process.stderr.write('Building the page ...\n');
  // A build that is broken off must not pass for one.
  await whileUnfinished(built, () => build({ root: ROOT, logLevel: 'error' }));
}
