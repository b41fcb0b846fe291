import { join } from 'node:path';
import type { Page } from 'playwright';
import type { TrainingConfig } from '../src/config/training-config.ts';
import type { TraceReport } from '../src/domain/trace.ts';
import type { HeadlessProgress, HeadlessTraceInit } from '../src/protocol/headless.ts';
import type { TraceCommand } from './arguments.ts';
import { save, unwrap, withHeadlessPage } from './browser.ts';
import { writeJson } from './output.ts';

/** `headless -- trace-init`: a training run as files. */
export async function runTraceInit(
  command: Extract<TraceCommand, { kind: 'trace-init' }>,
  onProgress: (progress: HeadlessProgress) => void,
) {
  const files = await withHeadlessPage(false, onProgress, (page) => writeTrace(page, command, command.out));
  return { classes: command.classes, steps: command.steps, files };
}

/** Writes config.json, init.safetensors and batches.safetensors into a folder; says on stderr what was changed. */
export async function writeTrace(
  page: Page,
  { config, classes, steps }: HeadlessTraceInit,
  folder: string,
): Promise<string[]> {
  const answer = await page.evaluate(
    (request) => {
      if (!window.arcfaceHeadless) throw new Error('headless.html is not ready');
      return window.arcfaceHeadless.traceInit(request);
    },
    { config, classes, steps },
  );
  const { notes, init, batches, config: settled } = unwrap(answer);
  for (const note of notes) process.stderr.write(`${note}\n`);
  const settings = join(folder, 'config.json');
  await writeJson(settings, settled, 1);
  const [initFile, batchesFile] = filesOf(folder);
  await save(page, init, initFile);
  await save(page, batches, batchesFile);
  return [settings, initFile, batchesFile];
}

/** `headless -- trace`: the losses of the run that a folder holds, whoever wrote it. */
export async function runTrace(
  { folder, config, out, softwareGpu }: Extract<TraceCommand, { kind: 'trace' }>,
  onProgress: (progress: HeadlessProgress) => void,
) {
  const started = performance.now();
  return withHeadlessPage(softwareGpu, onProgress, async (page) => {
    const { backend, losses, notes } = await readTraceLosses(page, folder, config);
    for (const note of notes) process.stderr.write(`${note}\n`);
    await writeJson(out, { backend: backend.name, losses }, 1);
    return {
      backend: backend.name,
      device: backend.device,
      threads: backend.threads,
      steps: losses.length,
      first: losses[0] ?? null,
      last: losses.at(-1) ?? null,
      seconds: (performance.now() - started) / 1000,
      files: [out],
    };
  });
}

/** Trains on the files of a folder in the page. */
export async function readTraceLosses(
  page: Page,
  folder: string,
  config: TrainingConfig,
): Promise<TraceReport> {
  const [init, batches] = filesOf(folder);
  await page.locator('#trace-init').setInputFiles(init);
  await page.locator('#trace-batches').setInputFiles(batches);
  const answer = await page.evaluate((given) => {
    if (!window.arcfaceHeadless) throw new Error('headless.html is not ready');
    return window.arcfaceHeadless.trace(given);
  }, config);
  return unwrap(answer);
}

const filesOf = (folder: string): [init: string, batches: string] => [
  join(folder, 'init.safetensors'),
  join(folder, 'batches.safetensors'),
];
