import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { readArchive } from '../src/lib/archive.ts';
import { writeDrawnPeople } from './drawn-people.ts';
import { dropFromDisk } from './drop.ts';
import { embedPatternInFreshPage } from './fresh-page.ts';
import { zipOf } from './zip.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';
let folder = '';

test.beforeAll(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'arcface-')), 'people');
  writeDrawnPeople(folder, 9, 8, HOSTILE);
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

const line = (page: Page, chart: string): Promise<string | null> =>
  page.getByTestId(chart).locator('path.recharts-curve').first().getAttribute('d');

async function dropPeople(page: Page): Promise<void> {
  await page.goto('/');
  await dropFromDisk(page, '[data-testid="drop-zone"]', [folder]);
  await page.getByRole('button', { name: /use them as they are/i }).click();
  await expect(page.getByTestId('ingest-status')).toHaveText('done');
}

test('drop folders, train, download, load the file in a fresh page', async ({ page, browser }) => {
  const alerts: string[] = [];
  page.on('dialog', (dialog) => {
    alerts.push(dialog.message());
    void dialog.dismiss();
  });
  await dropPeople(page);
  await expect(page.getByTestId('ingest-faces')).toHaveText(/72/);
  await expect(page.getByTestId('ingest-rejected')).toHaveText(/0/);
  await expect(page.getByTestId('identity-count')).toHaveText(/9/);
  await expect(page.getByText(HOSTILE).first()).toBeVisible();

  await page.getByTestId('nav-train').click();
  await page.getByTestId('preset-quick').click();
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-status')).toHaveText('done', { timeout: 60_000 });
  await expect.poll(async () => (await line(page, 'chart-loss'))?.length ?? 0).toBeGreaterThan(50);

  await expect(page.getByTestId('metric-verification')).toHaveText(/%|0\.\d|1\.0/);
  await expect(page.getByTestId('baseline-verification')).toHaveText(/%|0\.\d|1\.0/);

  await page.getByTestId('nav-export').click();
  const waiting = page.waitForEvent('download');
  await page.getByTestId('export-tfjs').click();
  const zip = await (await waiting).path();
  const { maxDifference, manifest } = await embedPatternInFreshPage(browser, zip);
  expect(maxDifference).toBeLessThan(1e-4);
  expect(manifest).toContain(HOSTILE);
  expect(manifest).not.toContain('.png');

  // With the head it holds what training elsewhere needs besides.
  await page.getByTestId('export-with-head').check();
  const withHead = page.waitForEvent('download');
  await page.getByTestId('export-tfjs').click();
  const whole = await readArchive(new Blob([new Uint8Array(await readFile(await (await withHead).path()))]));
  expect([...whole.keys()]).toContain('model-with-head.json');
  expect(new TextDecoder().decode(whole.get('arcface-layer.js'))).toContain('ArcFace');

  // In 8 bits it is smaller, and what that costs is said first.
  await page.getByTestId('export-with-head').uncheck();
  await page.getByTestId('export-precision').click();
  await page.getByRole('option', { name: /^int8/ }).click();
  await expect(page.getByTestId('precision-cost')).toContainText(/verification accuracy|not measured/);
  const smaller = page.waitForEvent('download');
  await page.getByTestId('export-tfjs').click();
  const small = await (await smaller).path();
  expect((await stat(small)).size).toBeLessThan(0.5 * (await stat(zip)).size);
  const { manifest: reduced } = await embedPatternInFreshPage(browser, small);
  expect(reduced).toContain('int8');
  await page.getByTestId('export-precision').click();
  await page.getByRole('option', { name: 'float32' }).click();

  // The same as a folder for PyTorch, and the faces with how this run split them.
  for (const id of ['torch', 'safetensors']) {
    const file = page.waitForEvent('download');
    await page.getByTestId(`export-${id}`).click();
    expect((await file).suggestedFilename()).toBe(`my-people-${id}.zip`);
  }
  const faces = page.waitForEvent('download');
  await page.getByTestId('export-crops').click();
  const files = await readArchive(new Blob([new Uint8Array(await readFile(await (await faces).path()))]));
  expect([...files.keys()].filter((name) => name.endsWith('.png'))).toHaveLength(72);
  expect(files.has('_img src_x onerror_alert_1_/0001.png')).toBe(true);
  const roles = new TextDecoder().decode(files.get('split.csv')).trim().split('\r\n').slice(1);
  for (const role of ['train', 'validation', 'verification']) {
    expect(roles.some((row) => row.endsWith(`,${role}`))).toBe(true);
  }
  expect(alerts).toEqual([]);
});

test('the charts move while it trains; pause holds them, resume lets them go on, stop keeps the best', async ({
  page,
}) => {
  await dropPeople(page);
  await page.getByTestId('nav-train').click();
  await page.getByTestId('preset-quick').click();
  // A thousand epochs of a few milliseconds each: the page must keep up with the fastest run there can be.
  await page.getByRole('textbox', { name: /^epochs/i }).fill('1000');
  await page.getByTestId('start-training').click();
  const status = page.getByTestId('run-status');
  await expect(status).toHaveText('running', { timeout: 60_000 });
  const moves = async (): Promise<void> => {
    const before = await line(page, 'chart-loss');
    await expect.poll(() => line(page, 'chart-loss'), { timeout: 5_000 }).not.toBe(before);
  };
  await expect.poll(() => page.getByTestId('chart-loss').locator('path.recharts-curve').count()).toBe(1);
  await moves();
  await moves();

  await page.getByTestId('pause-training').click();
  await expect(status).toHaveText('paused');
  await page.waitForTimeout(1_000); // what was under way is drawn
  const held = await line(page, 'chart-loss');
  const loss = await page.getByTestId('metric-loss').innerText();
  await page.waitForTimeout(1_500);
  expect(await line(page, 'chart-loss')).toBe(held);
  expect(await page.getByTestId('metric-loss').innerText()).toBe(loss);

  await page.getByTestId('resume-training').click();
  await expect(status).toHaveText('running');
  await moves();
  await page.getByTestId('stop-training').click();
  await expect(status).toHaveText('stopped');
  await expect(page.getByTestId('metric-verification')).toHaveText(/%|0\.\d|1\.0/);
  await expect(page.getByTestId('export-tfjs')).toBeEnabled();
});

test('what a person can do wrong gets a sentence, and nothing that was loaded is lost', async ({ page }) => {
  await dropPeople(page);
  const bad: [string, Buffer, RegExp][] = [
    ['climbs.zip', zipOf([['../outside.png', Buffer.from('x')]]), /leads out/],
    ['bomb.zip', zipOf([['zeros.png', Buffer.alloc(64 * 1024 * 1024)]]), /unpack|expan|large|size|times/i],
  ];
  for (const [name, buffer, reason] of bad) {
    await page.getByTestId('zip-input').setInputFiles({ name, mimeType: 'application/zip', buffer });
    await expect(page.getByTestId('error-message').last()).toContainText(reason);
    await page.screenshot({ path: test.info().outputPath(`${name}.png`) });
    await page
      .getByRole('button', { name: /dismiss|close/i })
      .last()
      .click();
    await expect(page.getByTestId('ingest-faces')).toHaveText(/72/);
  }
  // What only calls itself a .zip is one more file that is no photo.
  const text = { name: 'not-a-zip.zip', mimeType: 'application/zip', buffer: Buffer.from('hello') };
  await page.getByTestId('zip-input').setInputFiles(text);
  await expect(page.getByTestId('ingest-rejected')).toHaveText(/1/);
  await page.getByTestId('open-attention').click();
  await expect(page.getByRole('dialog').getByText('not-a-zip.zip').first()).toBeVisible();
  await expect(page.getByTestId('ingest-faces')).toHaveText(/72/);
});

test('cancelling the intake keeps what was already read', async ({ page }) => {
  const many = join(folder, '..', 'many');
  writeDrawnPeople(many, 30, 30);
  await page.goto('/');
  await dropFromDisk(page, '[data-testid="drop-zone"]', [many]);
  await page.getByRole('button', { name: /use them as they are/i }).click();
  await expect(page.getByTestId('ingest-status')).toHaveText('running');
  await page.getByRole('button', { name: /^cancel/i }).click();
  await expect(page.getByTestId('ingest-status')).toHaveText('cancelled');
  const faces = Number((await page.getByTestId('ingest-faces').innerText()).replace(/\D/g, ''));
  expect(faces).toBeLessThan(900);
});
