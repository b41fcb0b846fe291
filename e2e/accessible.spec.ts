import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { writeDrawnPeople } from './drawn-people.ts';
import { dropFromDisk } from './drop.ts';

const WIDTHS = [390, 1024, 1920];
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

/** No axe violation and nothing wider than the window, at every width; ends at the widest. */
async function isAccessible(page: Page, state: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    // Charts follow the width a moment later, dialogs and colours fade.
    await page.waitForTimeout(250);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect.soft(overflow, `${state}, ${width} px: wider than the window`).toBeLessThanOrEqual(0);
    const { violations } = await new AxeBuilder({ page }).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
    expect.soft(found, `${state}, ${width} px: axe`).toEqual([]);
  }
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every state of the page is accessible and fits, ${colorScheme}`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme });
    const page = await context.newPage();
    await page.goto('/');
    await expect(page.getByTestId('drop-zone')).toBeVisible();
    await isAccessible(page, 'first screen');

    await dropFromDisk(page, '[data-testid="drop-zone"]', [folder]);
    await expect(page.getByRole('dialog')).toBeVisible();
    await isAccessible(page, 'question');
    await page.getByTestId('use-as-is').click();
    await expect(page.getByTestId('ingest-status')).toHaveText('done');
    await expect(page.getByTestId('ingest-rejected')).toHaveText('1');
    await isAccessible(page, 'data loaded');

    await page.getByRole('button', { name: 'Person 02', exact: true }).click();
    await expect(page.getByRole('dialog').getByRole('img').first()).toBeVisible();
    await isAccessible(page, 'person dialog');
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();

    await page.getByText('Advanced').click();
    await page.getByLabel(/^Epochs/).fill('3');
    await page.getByTestId('start-training').click();
    await expect(page.getByTestId('run-status')).toHaveText('done', { timeout: 60_000 });
    await expect(page.getByTestId('chart-loss').locator('path.recharts-curve').first()).toBeVisible();
    await isAccessible(page, 'training done, all settings shown');

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
    await context.close();
  });
}
