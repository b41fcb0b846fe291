import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { dropFromDisk } from './drop.ts';
import { embedPatternInFreshPage } from './fresh-page.ts';
import { writeKerasModel } from './make-custom-model.ts';

let root = '';
let files: string[] = [];

test.beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'arcface-own-'));
  files = writeKerasModel(join(root, 'mine'));
});
test.afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a custom model: refused when cut off, asked about, trained behind a frozen layer, downloaded, given again', async ({
  page,
  browser,
}) => {
  await page.goto('/');
  await page.getByTestId('load-sample').click();
  await expect(page.getByTestId('ingest-status')).toHaveText('done', { timeout: 60_000 });
  await page.getByTestId('nav-train').click();
  await page.getByTestId('open-settings').click();
  await page.getByRole('combobox', { name: 'Backbone' }).selectOption({ label: 'Custom model' });
  await expect(page.getByTestId('start-training')).toBeDisabled();

  const broken = writeKerasModel(join(root, 'broken'));
  truncateSync(broken[2] ?? '', 100);
  await page.getByTestId('own-model-input').setInputFiles(broken);
  await expect(page.getByTestId('own-model-error')).toContainText(
    /cut off.*save or download the model again/,
  );
  await page.getByTestId('own-model-input').setInputFiles(files);
  const findings = page.getByTestId('own-model-findings');
  await expect(findings).toContainText('48 × 48 pixels');
  await expect(findings).toContainText('32 numbers');
  await expect(findings).toContainText('(predictions; 7 classes)');
  await expect(page.getByTestId('own-model-error')).toBeHidden();
  await expect(
    page.getByText(/Guess: −1 to 1: \(x − 127\.5\) \/ 127\.5\. Its name is "mobilenet_like"/),
  ).toBeVisible();
  const frozen = page.getByRole('combobox', { name: /frozen up to/i });
  await expect(frozen.locator('option:checked')).toHaveText('pool (GlobalAveragePooling2D, 16)');
  await frozen.selectOption({ label: 'norm1 (BatchNormalization, 24 × 24 × 8)' });
  await page.keyboard.press('Escape');
  await page.getByRole('textbox', { name: /^epochs/i }).fill('2');
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-status')).toHaveText('done', { timeout: 60_000 });
  await expect(page.getByTestId('metric-verification')).toHaveText(/%/);

  await page.getByTestId('nav-export').click();
  const waiting = page.waitForEvent('download');
  await page.getByTestId('export-tfjs').click();
  const zip = await (await waiting).path();
  const { maxDifference, manifest } = await embedPatternInFreshPage(browser, zip);
  expect(maxDifference).toBeLessThan(1e-4);
  expect(manifest).toContain('"frozenUpTo": "norm1"');

  // The download can be given as a custom model again, and its manifest answers what had to be asked.
  const buffer = readFileSync(zip);
  await page.getByTestId('nav-train').click();
  await page.getByTestId('open-settings').click();
  await page
    .getByTestId('own-model-input')
    .setInputFiles({ name: 'mine.zip', mimeType: 'application/zip', buffer });
  await expect(findings).toContainText('mine.zip');
  await expect(findings).not.toContainText('classification');
  await expect(page.getByText('The manifest of the download says so.')).toBeVisible();
});

test('for a model dropped among the photos the page says where it belongs', async ({ page }) => {
  await page.goto('/');
  await dropFromDisk(page, '[data-testid="drop-zone"]', [join(root, 'mine')]);
  await expect(page.getByTestId('ingest-rejected')).toHaveText('3');
  await page.getByTestId('open-attention').click();
  await expect(
    page.getByText(/add it on the Train screen, in Settings, under Backbone: Custom model/),
  ).toHaveCount(3);
});
