/**
 * Makes tests/browser/train/golden/NETWORK.json: losses of 20 steps in PyTorch, in 64 bits, for every margin and
 * optimiser; and says how far PyTorch's own 32 bits and our backends are from them.
 *
 *   npx tsx bench/peers/golden.ts NETWORK [CASE ...] [--keep DIR] [--backend simd,webgl,webgpu,cpu] [--check]
 *
 * CASE: only the cases with one of these in their name; the others stay in the file as they are.
 * --check writes nothing: it compares the backends with the file.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
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
import { CLASSES, casesOf, type GoldenCase, STEPS } from './golden-cases.ts';

const REFERENCE = join(import.meta.dirname, 'torch_reference.py');
const GOLDEN = join(import.meta.dirname, '..', '..', 'tests', 'browser', 'train', 'golden');
/** Batches come again after so many steps (src/train/trace.ts). */
const ROUND = 4;
/** Of a loss as it is kept. */
const DIGITS = 9;

/*
 * A case is only worth keeping where the losses fall, where 32 bits are good enough to foretell them (well under the
 * 1e-4 that is asked of a backend), and where a fault in the decay would show (well over it).
 */
const LEAST_FALL = 0.02;
const MOST_ROUNDING = 4e-5;
const LEAST_DECAY = 4e-4;

const losses = z.array(z.number()).length(STEPS);
const referenceAnswer = z.object({ losses });

/** What is kept of a case. */
const kept = z.strictObject({
  losses,
  /** Largest relative difference of PyTorch's own losses in 32 bits. */
  float32: z.number(),
  /** Largest relative difference of the losses without weight decay. */
  withoutDecay: z.number(),
});
type Kept = z.infer<typeof kept>;

const worst = (ours: readonly number[], right: readonly number[]): number =>
  Math.max(...right.map((loss, i) => Math.abs((ours[i] ?? Number.NaN) - loss) / Math.abs(loss)));

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Share by which the losses fall from the second round over the batches, behind the warm-up, to the last. */
const fall = (values: readonly number[]): number =>
  1 - mean(values.slice(-ROUND)) / mean(values.slice(ROUND, 2 * ROUND));

const round = (value: number, digits: number): number => Number(value.toPrecision(digits));

const show = (value: number): string => value.toExponential(1).padStart(9);

function reference(folder: string, ...flags: string[]): number[] {
  const python = findPython();
  if (!python) throw new Error('no python3 can import torch (Debian: apt install python3-torch)');
  const { stdout, stderr, status } = spawnSync(python, [REFERENCE, '--in', folder, ...flags], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return referenceAnswer.parse(JSON.parse(stdout)).losses;
}

/** @returns null for one that is not worth keeping, and says why */
async function makeCase({ name, config }: GoldenCase, folder: string): Promise<Kept | null> {
  const full = reference(folder);
  const fell = fall(full);
  const short = reference(folder, '--float32');
  const float32 = worst(short, full);
  const settled = parsePartialConfig(config);
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...settled, weightDecay: 0 }));
  // Quicker than in 64 bits, and the difference is far larger than that.
  const withoutDecay = worst(reference(folder, '--float32'), short);
  await writeFile(join(folder, 'config.json'), JSON.stringify(settled));
  const [first = 0, last = 0] = [full[0], full.at(-1)];
  console.log(
    `${name}: ${first.toFixed(3)} to ${last.toFixed(3)}, fell ${(100 * fell).toFixed(0)} %, 32 bits${show(float32)}, decay${show(withoutDecay)}`,
  );
  const faults = [
    ...(fell < LEAST_FALL ? ['the losses hardly fall'] : []),
    ...(float32 > MOST_ROUNDING ? ['32 bits are not enough to foretell it'] : []),
    ...(withoutDecay < LEAST_DECAY ? ['the decay hardly matters'] : []),
  ];
  if (faults.length > 0) {
    console.error(`  not kept: ${faults.join(', ')}`);
    process.exitCode = 1;
    return null;
  }
  return {
    losses: full.map((loss) => round(loss, DIGITS)),
    float32: round(float32, 2),
    withoutDecay: round(withoutDecay, 2),
  };
}

async function compare(
  page: Page,
  backend: TrainingConfig['backend'],
  { name, config }: GoldenCase,
  { losses: right }: Kept,
): Promise<number> {
  const started = performance.now();
  const settled = { ...parsePartialConfig(config), backend };
  const { losses: ours } = await readTraceLosses(page, folderOf(name), settled);
  const off = worst(ours, right);
  const seconds = (performance.now() - started) / 1000;
  console.log(`  ${backend} ${name}:${show(off)}, ${seconds.toFixed(1)} s`);
  return off;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'string' }, backend: { type: 'string' }, check: { type: 'boolean' } },
});
const [network = '', ...only] = positionals;
const cases = casesOf(network).filter(
  ({ name }) => only.length === 0 || only.some((part) => name.includes(part)),
);
if (cases.length === 0) throw new Error(`${network} has no case with ${only.join(' or ')} in its name`);
const root = values.keep ?? (await mkdtemp(join(tmpdir(), 'arcface-golden-')));
const folderOf = (name: string): string => join(root, `${network} ${name}`.replaceAll(/[^\w-]+/g, '-'));
const file = join(GOLDEN, `${network}.json`);

const readGolden = async (): Promise<Record<string, Kept>> =>
  existsSync(file) ? z.record(z.string(), kept).parse(JSON.parse(await readFile(file, 'utf8'))) : {};

/** Writes a case into the file; the others stay. */
async function keep(made: string, content: Kept): Promise<void> {
  const golden = { ...(await readGolden()), [made]: content };
  const inOrder = casesOf(network).flatMap(({ name }) => (golden[name] ? [[name, golden[name]]] : []));
  await writeFile(file, `${JSON.stringify(Object.fromEntries(inOrder), null, 1)}\n`);
}

/** A browser of its own for each use: one that emulates a graphics card is slower at everything else. */
const inBrowser = (gpu: boolean, use: (page: Page) => Promise<void>): Promise<void> =>
  withHeadlessPage(gpu, () => {}, use);

try {
  await inBrowser(false, async (page) => {
    for (const { name, config } of cases) {
      const run = { config: parsePartialConfig(config), classes: CLASSES, steps: STEPS };
      await writeTrace(page, run, folderOf(name));
    }
  });
  for (const one of values.check ? [] : cases) {
    const made = await makeCase(one, folderOf(one.name));
    if (made) await keep(one.name, made);
  }
  const golden = await readGolden();
  for (const word of values.backend?.split(',') ?? []) {
    const { backend } = parsePartialConfig({ backend: word });
    await inBrowser(backend === 'webgl' || backend === 'webgpu', async (page) => {
      let [most, runs] = [0, 0];
      for (const one of cases) {
        const right = golden[one.name];
        if (!right) continue; // said above, or not made yet
        most = Math.max(most, await compare(page, backend, one, right));
        runs++;
      }
      console.log(`${network} on ${backend}: at most${show(most)} off over ${runs} runs`);
    });
  }
} finally {
  if (values.keep === undefined) await rm(root, { recursive: true, force: true });
}
