/**
 * The classic picture: embeddings of three numbers on the sphere, with softmax and with three margins.
 *
 *   npm run examples:mnist [-- --only softmax,arcface --seed 2 --out FILE.svg]
 *
 * Writes docs/spheres.svg (or FILE.svg) and prints a table.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { chromium } from 'playwright';
import { build } from 'vite';
import { findBrowser, QUIET_FLAGS } from '../../scripts/find-browser.mjs';
import { serveFolder } from '../../scripts/serve.mjs';
import { ProblemError } from '../../src/lib/problem.ts';
import { simdKernels } from '../../vite.config.ts';
import { spreadOf } from './angles.ts';
import { parseArguments, type Wanted } from './arguments.ts';
import { CLASSES, RECIPE, settingsOf } from './case.ts';
import { type Digits, readDigits } from './digits.ts';
import { drawSpheres, type Sphere } from './svg.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const note = (text: string): void => void process.stderr.write(text);

interface Split {
  readonly train: Digits;
  readonly test: Digits;
}

try {
  const wanted = parseArguments(process.argv.slice(2));
  const digits = await readDigits();
  note(`${digits.train.labels.length} digits to learn from, ${digits.test.labels.length} to test with\n`);
  const folder = await mkdtemp(join(tmpdir(), 'arcface-spheres-'));
  try {
    await buildPage(folder, digits);
    await compare(folder, digits.test, wanted);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
} catch (thrown) {
  note(`${thrown instanceof ProblemError ? thrown.message : inspect(thrown)}\n`);
  process.exitCode = 1;
}

/** The page that trains, and the digits beside it. */
async function buildPage(folder: string, { train, test }: Split): Promise<void> {
  await build({
    configFile: false,
    root: ROOT,
    base: './',
    publicDir: false,
    logLevel: 'error',
    plugins: [simdKernels],
    worker: { format: 'es' },
    build: {
      target: 'es2022',
      outDir: folder,
      emptyOutDir: true,
      chunkSizeWarningLimit: 10_000,
      rolldownOptions: { input: 'examples/mnist/page.html' },
    },
  });
  const page = join(folder, 'examples', 'mnist');
  await writeFile(join(page, 'train.bin'), train.pixels);
  await writeFile(join(page, 'test.bin'), test.pixels);
  await writeFile(join(page, 'labels.json'), JSON.stringify({ train: train.labels, test: test.labels }));
}

/** Trains with one loss after the other, draws the spheres and prints the table. */
async function compare(folder: string, { labels }: Digits, { losses, seed, out }: Wanted): Promise<void> {
  const server = await serveFolder(folder, 0);
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: [...QUIET_FLAGS] });
  try {
    const tab = await browser.newPage();
    tab.setDefaultTimeout(0);
    let title = '';
    await tab.exposeFunction('tell', (done: number, total: number) =>
      note(`\r${title}: step ${done} of ${total} `),
    );
    await tab.goto(`${server.url}examples/mnist/page.html`);
    await tab.waitForFunction(() => window.spheres !== undefined, undefined, { timeout: 30_000 });
    const spheres: Sphere[] = [];
    const rows: string[] = [];
    for (const loss of losses) {
      ({ title } = loss);
      const result = await tab.evaluate((task) => window.spheres?.train(task), {
        loss,
        recipe: RECIPE,
        seed,
      });
      if (!result) throw new Error('the page is gone');
      const spread = spreadOf(result.embeddings, labels, CLASSES);
      const right = `${(100 * result.accuracy).toFixed(2)} %`;
      const within = `${spread.within.toFixed(1)}°`;
      const subtitles = [settingsOf(loss), `${right} right, ${within} within`];
      spheres.push({ title, subtitles, spread, labels });
      rows.push(
        `| ${title}, ${settingsOf(loss)} | ${right} | ${within} | ${spread.between.toFixed(1)}° | ${spread.nearest.toFixed(1)}° |`,
      );
      note(`\r${title}: ${result.seconds.toFixed(0)} s, last loss ${result.lastLoss.toFixed(3)}        \n`);
    }
    await writeFile(resolve(ROOT, out), drawSpheres(spheres));
    console.log(
      [
        '| loss | new digits told right | angle within a class | between classes | nearest two classes |',
        '|---|---|---|---|---|',
        ...rows,
      ].join('\n'),
    );
  } finally {
    await browser.close();
    await server.close();
  }
}
