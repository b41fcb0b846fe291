import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { build } from 'vite';
import { findBrowser, QUIET_FLAGS, SOFTWARE_GPU_FLAGS } from '../scripts/find-browser.mjs';
import { serveFolder } from '../scripts/serve.mjs';
import { simdKernels } from '../vite.config.ts';
import type { Answer, BenchDoor, Case, DeviceCounts } from './case.ts';
import type { Runner } from './runner.ts';

declare global {
  interface Window {
    /** Set by page.html once it is ready. */
    arcfaceBench?: BenchDoor;
  }
}

export interface PageRunner extends Runner {
  /** Of one step after those that warm up. */
  counts(): Promise<DeviceCounts>;
}

export interface BenchPage {
  /** Opens a contender in a browser of its own: what breaks down there takes nothing else along. */
  start(spec: Case, signal: AbortSignal): Promise<PageRunner>;
  close(): Promise<void>;
}

/** Builds the bench's page beside the program's own, which stays as it is, and serves it on this machine. */
export async function openBenchPage(
  softwareGpu: boolean,
  browserFlags: readonly string[],
): Promise<BenchPage> {
  const folder = await mkdtemp(join(tmpdir(), 'arcface-bench-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    await build({
      configFile: false,
      root: join(import.meta.dirname, '..'),
      base: './',
      publicDir: false,
      logLevel: 'error',
      plugins: [simdKernels],
      worker: { format: 'es' },
      build: {
        target: 'es2022',
        outDir: folder,
        emptyOutDir: true,
        // The published WebAssembly backend starts threads from the text of a function, which minifying breaks.
        minify: false,
        chunkSizeWarningLimit: 10_000,
        rolldownOptions: { input: 'bench/page.html' },
      },
    });
    const [server, executablePath] = [await serveFolder(folder, 0), await findBrowser()];
    return {
      start: (spec, signal) => {
        const emulate = softwareGpu && /webgpu|webgl/.test(spec.contender);
        const args = [...QUIET_FLAGS, ...(emulate ? SOFTWARE_GPU_FLAGS : []), ...browserFlags];
        return startInBrowser(`${server.url}bench/page.html`, executablePath, args, spec, signal);
      },
      close: async () => {
        await server.close();
        await remove();
      },
    };
  } catch (thrown) {
    await remove();
    throw thrown;
  }
}

async function startInBrowser(
  url: string,
  executablePath: string,
  args: readonly string[],
  spec: Case,
  signal: AbortSignal,
): Promise<PageRunner> {
  const browser = await chromium.launch({ executablePath, args: [...args] });
  signal.addEventListener('abort', () => void browser.close(), { once: true });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    if (process.env['ARCFACE_DEBUG']) {
      page.on('console', (message) => process.stderr.write(`[${spec.contender}] ${message.text()}\n`));
    }
    const broken = new Promise<never>((_, reject) => {
      page.on('crash', () => reject(new Error('the browser tab broke down, most likely out of memory')));
    });
    broken.catch(() => {}); // it may break while nobody waits
    const ask = async <T>(asked: Promise<Answer<T>>): Promise<T> => {
      const answer = await Promise.race([asked, broken]);
      if (answer.ok) return answer.value;
      throw new Error(answer.why);
    };
    await page.goto(url);
    await page.waitForFunction(() => window.arcfaceBench !== undefined, undefined, { timeout: 30_000 });
    const missing = { ok: false, why: 'the page is gone' } as const;
    const started = await ask(
      page.evaluate(async ([wanted, gone]) => (await window.arcfaceBench?.start(wanted)) ?? gone, [
        spec,
        missing,
      ] as const),
    );
    return {
      started,
      round: (steps, limitMs) =>
        ask(
          page.evaluate(async ([n, ms, gone]) => (await window.arcfaceBench?.round(n, ms)) ?? gone, [
            steps,
            limitMs,
            missing,
          ] as const),
        ),
      kernels: () =>
        ask(page.evaluate(async (gone) => (await window.arcfaceBench?.kernels()) ?? gone, missing)),
      counts: () =>
        ask(page.evaluate(async (gone) => (await window.arcfaceBench?.counts()) ?? gone, missing)),
      stop: () => browser.close(),
    };
  } catch (thrown) {
    await browser.close();
    throw thrown;
  }
}
