/**
 * The classic picture: embeddings of three numbers on the sphere, with softmax and with three margins.
 *
 *   npm run examples:mnist
 *
 * Writes docs/spheres.svg and prints a table.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { build } from 'vite';
import { findBrowser, QUIET_FLAGS } from '../../scripts/find-browser.mjs';
import { serveFolder } from '../../scripts/serve.mjs';
import { simdKernels } from '../../vite.config.ts';
import { spreadOf } from './angles.ts';
import { CLASSES, MARGINS } from './case.ts';
import { readDigits } from './digits.ts';
import { drawSpheres, type Sphere } from './svg.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const note = (text: string): void => void process.stderr.write(text);

const { train, test } = await readDigits();
note(`${train.labels.length} digits to learn from, ${test.labels.length} to test with\n`);
const folder = await mkdtemp(join(tmpdir(), 'arcface-spheres-'));
try {
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
    for (const one of MARGINS) {
      ({ title } = one);
      const result = await tab.evaluate((margin) => window.spheres?.train(margin), one.margin);
      if (!result) throw new Error('the page is gone');
      const spread = spreadOf(result.embeddings, test.labels, CLASSES);
      const right = `${(100 * result.accuracy).toFixed(2)} %`;
      const within = `${spread.within.toFixed(1)}°`;
      spheres.push({
        title,
        subtitle: `${right} right, ${within} within a class`,
        spread,
        labels: test.labels,
      });
      rows.push(
        `| ${title} | ${right} | ${within} | ${spread.between.toFixed(1)}° | ${spread.nearest.toFixed(1)}° |`,
      );
      note(`\r${title}: ${result.seconds.toFixed(0)} s, last loss ${result.lastLoss.toFixed(3)}        \n`);
    }
    await writeFile(join(ROOT, 'docs', 'spheres.svg'), drawSpheres(spheres));
    console.log(
      [
        '| | new digits told right | angle within a class | between classes | nearest two classes |',
        '|---|---|---|---|---|',
        ...rows,
      ].join('\n'),
    );
  } finally {
    await browser.close();
    await server.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
