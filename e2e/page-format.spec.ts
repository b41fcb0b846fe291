import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import sirv from 'sirv';
import { readSamplePeople } from '../src/client/sample-people.ts';
import { readArchive } from '../src/lib/archive.ts';
import { isAccessible } from './is-accessible.ts';

/** The page that a model is exported as, on a server of its own: without our headers, in a folder, and on no other address. */

const PLACE = '/some/where/';
const SAMPLES = join(import.meta.dirname, '..', 'public', 'sample-people', 'faces.bin');
let folder = '';
let server: Server;
let address = '';
/** What every answer carries. */
let headers: Readonly<Record<string, string>> = {};

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'arcface-page-'));
  const files = sirv(folder, { dev: true });
  server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const notFound = (): void => void response.writeHead(404).end();
    if (!request.url?.startsWith(PLACE)) {
      notFound();
      return;
    }
    request.url = request.url.slice(PLACE.length - 1);
    files(request, response, notFound);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  if (typeof at !== 'object' || at === null) throw new Error('no address');
  address = `http://127.0.0.1:${at.port}${PLACE}`;
});
test.afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Trains on the sample people and unpacks their page into the folder. @returns bytes of the download */
async function exportPage(page: Page, name: string): Promise<number> {
  await page.goto('/');
  await page.getByTestId('load-sample').click();
  await expect(page.getByTestId('ingest-status')).toHaveText('done');
  await page.getByTestId('nav-train').click();
  await page.getByTestId('preset-quick').click();
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-status')).toHaveText('done', { timeout: 60_000 });
  await page.getByTestId('nav-export').click();
  await page.getByLabel('Name of the model').fill(name);
  const waiting = page.waitForEvent('download');
  await page.getByTestId('export-page').click();
  const download = await waiting;
  expect(download.suggestedFilename()).toMatch(/-page\.zip$/);
  await expect(page.getByTestId('export-check')).toContainText('the file is correct');
  const zip = readFileSync(await download.path());
  for (const [path, data] of await readArchive(new Blob([new Uint8Array(zip)]))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), data);
  }
  return zip.length;
}

interface Photo {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** The first picture of each of two sample people, side by side on one photo. */
async function photoOfTwo(page: Page, one: string, other: string): Promise<Photo> {
  const faces = await readSamplePeople(new Blob([new Uint8Array(readFileSync(SAMPLES))]));
  const picture = async (name: string): Promise<string> => {
    const face = faces.find(({ label }) => label === name);
    if (!face) throw new Error(`nobody is called ${name}`);
    return Buffer.from(await face.image.arrayBuffer()).toString('base64');
  };
  const png = await page.evaluate(
    async (pictures) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [480, 160];
      const context = canvas.getContext('2d');
      if (!context) throw new Error('no canvas');
      context.fillStyle = '#9aa';
      context.fillRect(0, 0, 480, 160);
      for (const [index, data] of pictures.entries()) {
        const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/webp' }));
        context.drawImage(bitmap, 60 + index * 250, 24);
      }
      return canvas.toDataURL('image/png').split(',')[1] ?? '';
    },
    await Promise.all([picture(one), picture(other)]),
  );
  return { name: `${one} and ${other}.png`, mimeType: 'image/png', buffer: Buffer.from(png, 'base64') };
}

test('a model as a page of its own, on any server: names people, compares, adds people; says what is wrong', async ({
  page,
  browser,
}) => {
  const name = 'Our <b>people</b>';
  const size = await exportPage(page, name);
  console.log(`the page: ${(size / 1e6).toFixed(2)} MB`);
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  for (const said of ['python3 -m http.server', 'MODEL_CARD.md']) expect(readme).toContain(said);
  expect(readFileSync(join(folder, 'MODEL_CARD.md'), 'utf8')).toMatch(/^# Model card: Our &lt;b&gt;people/);

  const own = await browser.newContext();
  const visitor = await own.newPage();
  const elsewhere: string[] = [];
  const errors: string[] = [];
  visitor.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(address))
      elsewhere.push(request.url());
  });
  visitor.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  visitor.on('pageerror', (error) => errors.push(error.message));

  await visitor.goto(address);
  await expect(visitor.getByRole('heading', { level: 1 })).toHaveText(name, { timeout: 30_000 });
  await expect(visitor).toHaveTitle(name);
  expect(await visitor.evaluate(() => window.crossOriginIsolated)).toBe(false);
  // All of the folders are known, those who were held out of training, too, until somebody is removed.
  await expect(visitor.getByTestId('use-people').getByRole('listitem')).toHaveCount(24);
  await visitor.getByRole('button', { name: 'Remove Ravi' }).click();
  await expect(visitor.getByTestId('use-people').getByRole('listitem')).toHaveCount(23);
  const two = await photoOfTwo(page, 'Wanda', 'Ravi');
  await visitor.getByTestId('use-input').setInputFiles(two);
  await expect(visitor.getByTestId('use-result')).toHaveText('Wanda, unknown', { timeout: 30_000 });
  await expect(visitor.locator('.use-box')).toHaveCount(2);
  await isAccessible(visitor, 'exported page');

  // A person for the session, under a name that the page did not know.
  await visitor.getByRole('button', { name: 'This is … (face 2)' }).click();
  await expect(visitor.getByText(/until the page is closed/)).toBeVisible();
  await visitor.getByRole('combobox', { name: 'This is' }).fill('Grace');
  await visitor.getByRole('button', { name: 'Add the face' }).click();
  await expect(visitor.getByTestId('use-result')).toHaveText('Wanda, Grace');

  await visitor.getByRole('tab', { name: 'Compare two' }).click();
  await visitor.getByTestId('use-compare-first').setInputFiles(two);
  await visitor.getByTestId('use-compare-second').setInputFiles(two);
  await expect(visitor.getByTestId('use-compare-result')).toContainText('The same person');
  await visitor.close({ runBeforeUnload: false });
  expect(elsewhere).toEqual([]);
  expect(errors).toEqual([]);

  // The strictest policy that it needs, said by the server: it holds in the worker, too. And a model that was cut off.
  headers = { 'Content-Security-Policy': "script-src 'self' 'wasm-unsafe-eval'" };
  const whole = readFileSync(join(folder, 'model.zip'));
  writeFileSync(join(folder, 'model.zip'), whole.subarray(0, 100_000));
  const strict = await own.newPage();
  await strict.goto(address);
  const problem = strict.getByTestId('error-message');
  await expect(problem).toContainText(/cannot be opened.*damaged.*put all files.*again/, { timeout: 30_000 });
  rmSync(join(folder, 'model.zip'));
  await strict.getByTestId('page-load-model').click();
  await expect(problem).toContainText(/could not be fetched: the server answers 404.*Check/);
  writeFileSync(join(folder, 'model.zip'), whole);
  await strict.getByTestId('page-load-model').click();
  await expect(strict.getByRole('heading', { level: 1 })).toHaveText(name, { timeout: 30_000 });
  await strict.getByTestId('use-input').setInputFiles(two);
  await expect(strict.getByTestId('use-result')).toHaveText('Wanda, Ravi', { timeout: 30_000 });
  await own.close();
});
