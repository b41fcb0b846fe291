/**
 * Makes tests/browser/train/golden/NETWORK.json: losses of 20 steps in PyTorch, in 64 bits, for every margin and
 * optimiser; and says how far PyTorch's own 32 bits and our backends are from them.
 *
 *   npx tsx bench/peers/golden.ts NETWORK [CASE] [--keep DIR] [--backend simd,webgl,webgpu,cpu] [--check]
 *
 * --check writes nothing: it compares the backends with the file as it is.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright';
import { z } from 'zod';
import { withHeadlessPage } from '../../headless/browser.ts';
import { readTraceLosses, writeTrace } from '../../headless/trace.ts';
import { parsePartialConfig } from '../../src/config/parse.ts';
import type { TrainingConfig } from '../../src/config/training-config.ts';
import { findPython } from '../torch-runner.ts';
import { casesOf, type GoldenCase } from './golden-cases.ts';

const REFERENCE = join(import.meta.dirname, 'torch_reference.py');
const GOLDEN = join(import.meta.dirname, '..', '..', 'tests', 'browser', 'train', 'golden');
const CLASSES = 10;
const STEPS = 20;
/** Batches come again after so many steps (src/train/trace.ts). */
const ROUND = 4;
/** A run whose losses hardly fall would show nothing. */
const LEAST_FALL = 0.02;

const referenceAnswer = z.object({ losses: z.array(z.number()).length(STEPS) });

/** One case as it is kept. */
interface Kept extends GoldenCase {
  readonly losses: readonly number[];
  /** Largest relative difference of PyTorch's own losses in 32 bits. */
  readonly float32: number;
  /** Largest relative difference of the losses without weight decay: what a fault there would show. */
  readonly withoutDecay: number;
}

const worst = (ours: readonly number[], right: readonly number[]): number =>
  Math.max(...right.map((loss, i) => Math.abs((ours[i] ?? Number.NaN) - loss) / Math.abs(loss)));

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Share by which the losses fall from the second round over the batches, behind the warm-up, to the last. */
const fall = (losses: readonly number[]): number =>
  1 - mean(losses.slice(-ROUND)) / mean(losses.slice(ROUND, 2 * ROUND));

function reference(folder: string, ...flags: string[]): number[] {
  const python = findPython();
  if (!python) throw new Error('no python3 can import torch (Debian: apt install python3-torch)');
  const { stdout, stderr, status } = spawnSync(python, [REFERENCE, '--in', folder, ...flags], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return referenceAnswer.parse(JSON.parse(stdout)).losses;
}

const config = (network: string, { config: own }: GoldenCase): TrainingConfig =>
  parsePartialConfig({ ...casesOf(network).base, ...own });

const show = (value: number): string => value.toExponential(1).padStart(9);

async function makeCase(network: string, one: GoldenCase, folder: string): Promise<Kept> {
  const full = reference(folder);
  const fell = fall(full);
  const float32 = worst(reference(folder, '--float32'), full);
  const settled = config(network, one);
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...settled, weightDecay: 0 }));
  const withoutDecay = worst(reference(folder), full);
  await writeFile(join(folder, 'config.json'), JSON.stringify(settled));
  const [first, last] = [full[0] ?? 0, full.at(-1) ?? 0];
  console.log(
    `${one.name}: ${first.toFixed(3)} to ${last.toFixed(3)}, fell ${(100 * fell).toFixed(0)} %, 32 bits${show(float32)}, decay${show(withoutDecay)}`,
  );
  if (fell < LEAST_FALL) throw new Error(`${one.name}: the losses hardly fall`);
  return { ...one, losses: full, float32, withoutDecay };
}

async function compare(
  page: Page,
  backend: TrainingConfig['backend'],
  network: string,
  kept: readonly (GoldenCase & { readonly losses: readonly number[] })[],
  folder: (one: GoldenCase) => string,
): Promise<void> {
  let most = 0;
  for (const one of kept) {
    const started = performance.now();
    const { losses } = await readTraceLosses(page, folder(one), { ...config(network, one), backend });
    const off = worst(losses, one.losses);
    most = Math.max(most, off);
    const seconds = (performance.now() - started) / 1000;
    console.log(`  ${backend} ${one.name}:${show(off)}, ${seconds.toFixed(1)} s`);
  }
  console.log(`${network} on ${backend}: at most${show(most)} off over ${kept.length} runs`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'string' }, backend: { type: 'string' }, check: { type: 'boolean' } },
});
const [network = '', only] = positionals;
const { base, cases } = casesOf(network);
const chosen = cases.filter(({ name }) => only === undefined || name.includes(only));
const root = values.keep ?? (await mkdtemp(join(tmpdir(), 'arcface-golden-')));
const folderOf = ({ name }: GoldenCase): string =>
  join(root, `${network} ${name}`.replaceAll(/[^\w-]+/g, '-'));
const file = join(GOLDEN, `${network}.json`);
const keptFile = z.object({
  cases: z.array(
    z.object({ name: z.string(), config: z.record(z.string(), z.unknown()), losses: z.array(z.number()) }),
  ),
});
try {
  await withHeadlessPage(
    false,
    () => {},
    async (page) => {
      for (const one of chosen) {
        await writeTrace(
          page,
          { config: config(network, one), classes: CLASSES, steps: STEPS },
          folderOf(one),
        );
      }
    },
  );
  let kept: readonly (GoldenCase & { readonly losses: readonly number[] })[];
  if (values.check) {
    kept = keptFile
      .parse(JSON.parse(await readFile(file, 'utf8')))
      .cases.filter(({ name }) => chosen.some((one) => one.name === name));
  } else {
    const made: Kept[] = [];
    for (const one of chosen) made.push(await makeCase(network, one, folderOf(one)));
    kept = made;
    if (only === undefined) {
      await writeFile(
        file,
        `${JSON.stringify({ classes: CLASSES, steps: STEPS, base, cases: made }, null, 1)}\n`,
      );
    }
  }
  for (const name of values.backend?.split(',') ?? []) {
    const { backend } = parsePartialConfig({ backend: name });
    const gpu = backend === 'webgl' || backend === 'webgpu';
    await withHeadlessPage(
      gpu,
      () => {},
      (page) => compare(page, backend, network, kept, folderOf),
    );
  }
} finally {
  if (values.keep === undefined) await rm(root, { recursive: true, force: true });
}
