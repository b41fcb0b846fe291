import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { writeDrawnPeople } from './drawn-people.ts';
import { dropFromDisk } from './drop.ts';
import { isAccessible } from './is-accessible.ts';
import { writeKerasModel } from './make-custom-model.ts';

let folder = '';

test.beforeAll(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'arcface-')), 'people');
  writeDrawnPeople(folder, 9, 8);
  writeFileSync(
    join(folder, 'Person 01', 'no photo, and its name is a long one for so narrow a list.txt'),
    'text',
  );
});
test.afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

test('every state of the page is accessible and fits, light and dark, narrow and wide', async ({ page }) => {
  await page.goto('/');
  await expect(page.locator('.start-faces img').last()).toBeAttached();
  await isAccessible(page, 'start');
  await page.getByTestId('nav-export').click();
  await isAccessible(page, 'export, no model');
  await page.getByTestId('nav-use').click();
  await expect(page.getByTestId('use-pretrained')).toBeVisible();
  await isAccessible(page, 'use, no model');
  await page.getByTestId('nav-data').click();
  await isAccessible(page, 'data, empty');

  await dropFromDisk(page, '[data-testid="drop-zone"]', [folder]);
  await expect(page.getByRole('dialog')).toBeVisible();
  await isAccessible(page, 'question');
  await page.getByTestId('use-as-is').click();
  await expect(page.getByTestId('ingest-status')).toHaveText('done');
  await expect(page.getByTestId('ingest-rejected')).toHaveText('1');
  await isAccessible(page, 'data loaded');
  await page.getByTestId('open-attention').click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await isAccessible(page, 'needs attention');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();

  await page.getByRole('button', { name: 'Person 02', exact: true }).click();
  await expect(page.getByRole('dialog').getByRole('img').first()).toBeVisible();
  await isAccessible(page, 'person dialog');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();

  await page.getByTestId('nav-train').click();
  await page.getByLabel(/^Epochs/).fill('3');
  await page.getByTestId('start-training').click();
  await expect(page.getByTestId('run-status')).toHaveText('done', { timeout: 60_000 });
  await expect(page.getByTestId('chart-loss').locator('path.recharts-curve').first()).toBeVisible();
  await page.getByTestId('run-details').locator('summary').click();
  await isAccessible(page, 'training done');

  await page.getByTestId('open-settings').click();
  for (const part of await page.locator('.settings-part > summary').all()) await part.click();
  await page.getByRole('combobox', { name: 'Backbone' }).selectOption({ label: 'Custom model' });
  const model = writeKerasModel(join(folder, '..', 'net'));
  await page.getByTestId('own-model-input').setInputFiles(model);
  await page.getByText(/^6 layers/).click();
  await page.getByTestId('own-model-input').setInputFiles(model.slice(0, 2));
  await expect(page.getByTestId('own-model-error')).toBeVisible();
  await isAccessible(page, 'all settings and a custom model shown, another one refused');
  await page.getByTestId('remove-own-model').click();
  await page.keyboard.press('Escape');

  await page.getByTestId('nav-use').click();
  await page.getByTestId('use-data-people').click();
  await expect(page.getByTestId('use-people')).toContainText('Person 09', { timeout: 60_000 });
  await page.getByTestId('use-add-person').click();
  await page.getByTestId('use-enrol').click();
  const drawn = ['1', '2'].map((number) => join(folder, `Person 0${number}`, '1.png'));
  await page.getByTestId('use-input').setInputFiles(drawn);
  await expect(page.getByTestId('use-result')).not.toBeEmpty({ timeout: 60_000 });
  await isAccessible(page, 'use, photos named');
  await page.getByRole('tab', { name: 'Compare two' }).click();
  await isAccessible(page, 'use, compare');
  await page.getByRole('tab', { name: 'Webcam' }).click();
  await isAccessible(page, 'use, webcam off');

  await page.getByTestId('nav-export').click();
  const download = page.waitForEvent('download');
  await page.getByTestId('export-tfjs').click();
  await download;
  await expect(page.getByTestId('export-check')).toBeVisible();
  const bad = {
    name: 'broken.zip',
    mimeType: 'application/zip',
    buffer: Buffer.from('PK\x03\x04 cut off'),
  };
  await page.getByTestId('zip-input').setInputFiles(bad);
  await expect(page.getByTestId('error-message')).toBeVisible();
  await isAccessible(page, 'download done, an error shown');
});
