import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { serveFolder } from '../scripts/serve.mjs';
import { writeDrawnPeople } from './drawn-people.ts';

/**
 * A margin and a backbone that nobody has heard of, added to a copy of the sources as docs/architecture.md says: two
 * files and two lines each. They must be there everywhere.
 */

const ROOT = join(import.meta.dirname, '..');
const FIXTURE = join(ROOT, 'tests', 'fixtures', 'extension');
/** Below the checkout, so that its node_modules are found. */
const COPY = join(ROOT, '.cache', 'extended');
const MODEL = join(COPY, 'src', 'model');

const add = (file: string, to: string): void => {
  mkdirSync(join(to, '..'), { recursive: true });
  cpSync(join(FIXTURE, file), to);
};
const addLine = (registry: string, line: string): void => appendFileSync(join(MODEL, registry), `${line}\n`);

/** A program in the copy. @returns what it printed and how it ended */
async function run(...command: readonly string[]): Promise<{ readonly ok: boolean; readonly text: string }> {
  const [program = '', ...args] = command;
  const options = { cwd: COPY, maxBuffer: 64 * 1024 * 1024 };
  return promisify(execFile)(join(ROOT, 'node_modules', '.bin', program), args, options).then(
    ({ stdout }) => ({ ok: true, text: stdout }),
    (thrown: { stdout?: string; stderr?: string }) => ({
      ok: false,
      text: `${thrown.stdout ?? ''}${thrown.stderr ?? ''}`,
    }),
  );
}

test.beforeAll(() => {
  rmSync(COPY, { recursive: true, force: true });
  mkdirSync(COPY, { recursive: true });
  const files = [
    'src',
    'headless',
    'scripts',
    'index.html',
    'headless.html',
    'recogniser.html',
    'LICENSE',
    'vite.config.ts',
    'package.json',
  ];
  for (const name of [...files, 'package-lock.json', 'tsconfig.base.json', 'tsconfig.worker.json']) {
    cpSync(join(ROOT, name), join(COPY, name), { recursive: true, preserveTimestamps: true });
  }
  symlinkSync(join(ROOT, 'public'), join(COPY, 'public'));
});
test.afterAll(() => rmSync(COPY, { recursive: true, force: true }));

test('a margin and a backbone are two files and two lines each, and are everywhere then', async ({
  page,
}) => {
  add('margin-meta.ts.txt', join(MODEL, 'margins', 'made-up', 'meta.ts'));
  add('margin-loss.ts.txt', join(MODEL, 'margins', 'made-up', 'loss.ts'));
  add('backbone-meta.ts.txt', join(MODEL, 'backbones', 'made-up-cnn', 'meta.ts'));
  add('backbone-build.ts.txt', join(MODEL, 'backbones', 'made-up-cnn', 'build.ts'));
  addLine('margins/catalogue.ts', "export { meta as madeUp } from './made-up/meta.ts';");
  addLine('backbones/catalogue.ts', "export { meta as madeUpCnn } from './made-up-cnn/meta.ts';");

  await test.step('the compiler asks for what is missing', async () => {
    const { ok, text } = await run('tsc', '-p', 'tsconfig.worker.json');
    expect(ok).toBe(false);
    expect(text).toContain("Property 'madeUp' is missing");
    expect(text).toContain("Property 'madeUpCnn' is missing");
  });
  addLine('margins/losses.ts', "export { loss as madeUp } from './made-up/loss.ts';");
  addLine('backbones/builds.ts', "export { build as madeUpCnn } from './made-up-cnn/build.ts';");
  await test.step('and is content with it', async () => {
    expect(await run('tsc', '-p', 'tsconfig.worker.json')).toEqual({ ok: true, text: '' });
  });

  await test.step('the terminal trains with them', async () => {
    const people = join(COPY, 'people');
    writeDrawnPeople(people, 4, 6);
    const config = {
      backbone: { kind: 'made-up-cnn', inputSize: 32, embeddingSize: 8 },
      margin: { kind: 'made-up', shrink: 0.2, warmupFraction: 0.3 },
      backend: 'simd',
      epochs: 3,
      batchSize: 8,
    };
    writeFileSync(join(COPY, 'config.json'), JSON.stringify(config));
    const args = ['--preset', 'scratch', '--config', 'config.json', '--data', people, '--out', 'out'];
    const { ok, text } = await run('tsx', 'headless/main.ts', 'train', ...args);
    expect(text).toContain('"backend":"simd"');
    expect(ok).toBe(true);
    const report: unknown = JSON.parse(readFileSync(join(COPY, 'out', 'report.json'), 'utf8'));
    expect(report).toMatchObject({ config });
  });

  await test.step('the page offers them, with their settings', async () => {
    const server = await serveFolder(join(COPY, 'dist'), 0); // built by the terminal
    try {
      await page.goto(server.url);
      await page.getByTestId('load-sample').click();
      await expect(page.getByTestId('ingest-status')).toHaveText('done', { timeout: 120_000 });
      await page.getByTestId('nav-train').click();
      await page.getByTestId('preset-scratch').click();
      await page.getByTestId('open-settings').click();
      await page
        .getByRole('combobox', { name: 'Backbone', exact: true })
        .selectOption({ label: 'Made-up network' });
      await expect(page.getByText('One convolution and one dense layer: for tests only.')).toBeVisible();
      await page
        .locator('summary')
        .filter({ hasText: /^Margin/ })
        .click();
      await page
        .getByRole('combobox', { name: 'Margin', exact: true })
        .selectOption({ label: 'Made-up margin' });
      await expect(page.getByRole('textbox', { name: /^made-up shrink/i })).toHaveValue('0.3');
    } finally {
      await server.close();
    }
  });

  await test.step('the library and the divergence detector know the margin', async () => {
    cpSync(join(FIXTURE, 'use.ts.txt'), join(COPY, 'use.ts'));
    const { ok, text } = await run('tsx', 'use.ts');
    expect(text.trim()).toBe('{"listed":true,"trained":true,"tolerated":true,"reported":true}');
    expect(ok).toBe(true);
  });
});
