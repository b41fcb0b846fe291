import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test, type Worker } from '@playwright/test';
import { QUIET_FLAGS, SOFTWARE_GPU_FLAGS } from '../scripts/find-browser.mjs';
import { writeDrawnPeople } from './drawn-people.ts';
import { dropFromDisk } from './drop.ts';
import { embedPatternInFreshPage } from './fresh-page.ts';

/** The page forced to WebGPU, on a software adapter: slow, so the data are tiny. */
test.use({
  launchOptions: {
    ...(process.env['CHROME_PATH'] ? { executablePath: process.env['CHROME_PATH'] } : {}),
    args: [...QUIET_FLAGS, ...SOFTWARE_GPU_FLAGS],
  },
});

let folder = '';
test.beforeAll(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'arcface-')), 'people');
  writeDrawnPeople(folder, 3, 4, 'Someone');
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Fine-tune of the tiny set on WebGPU is set; Start is next. */
async function fineTuneOnWebGpu(page: Page, epochs: number): Promise<void> {
  await page.goto('/');
  await dropFromDisk(page, '[data-testid="drop-zone"]', [folder]);
  await page.getByRole('button', { name: /use them as they are/i }).click();
  await expect(page.getByTestId('ingest-status')).toHaveText('done');
  await page.getByTestId('nav-train').click();
  await page.getByTestId('preset-finetune').click();
  await page.getByRole('textbox', { name: /^epochs/i }).fill(String(epochs));
  await page.getByTestId('open-settings').click();
  await page.getByRole('combobox', { name: 'Backend' }).selectOption({ label: 'WebGPU (GPU)' });
  await page.getByTestId('search-settings').fill('batch size');
  await page.getByRole('textbox', { name: /^batch size/i }).fill('4');
  await page.getByRole('button', { name: 'Close the settings' }).click();
}

async function downloadTfjs(page: Page): Promise<string> {
  await page.getByTestId('nav-export').click();
  const waiting = page.waitForEvent('download');
  await page.getByTestId('export-tfjs').click();
  return (await waiting).path();
}

test('Fine-tune on WebGPU: pause, resume, download', async ({ page, browser }) => {
  await fineTuneOnWebGpu(page, 2);
  await page.getByTestId('start-training').click();
  const status = page.getByTestId('run-status');
  await expect(status).toHaveText('running', { timeout: 120_000 });
  await page.getByTestId('pause-training').click();
  await expect(status).toHaveText('paused', { timeout: 60_000 });
  await page.getByTestId('resume-training').click();
  await expect(status).toHaveText('done', { timeout: 180_000 });
  await page.getByTestId('run-details').locator('summary').click();
  await expect(page.getByTestId('run-details')).toContainText('WebGPU');
  const { maxDifference } = await embedPatternInFreshPage(browser, await downloadTfjs(page));
  expect(maxDifference).toBeLessThan(1e-3);
});

/** Has a worker keep every device that it is given, as a test from outside can: the page knows nothing of it. */
async function keepDevices(worker: Worker): Promise<void> {
  await worker.evaluate(() => {
    if (!('GPUAdapter' in globalThis)) return;
    const devices: GPUDevice[] = [];
    Object.assign(globalThis, { devices });
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...how) {
      const device = await request.apply(this, how);
      devices.push(device);
      return device;
    };
  });
}

/** Threads of the CPU backend wait without ever answering. */
const isTrainer = (worker: Worker): boolean => worker.url().includes('trainer');

/** Destroys the devices of the trainer. @returns how many there were */
async function destroyDevices(page: Page): Promise<number> {
  let count = 0;
  for (const worker of page.workers().filter(isTrainer)) {
    count += await worker.evaluate(() => {
      const kept: unknown = Reflect.get(globalThis, 'devices');
      const devices = Array.isArray(kept) ? kept : [];
      for (const device of devices) device.destroy();
      return devices.length;
    });
  }
  return count;
}

test('the device is destroyed in the middle: the run goes on elsewhere, says so, and has a model', async ({
  page,
  browser,
}) => {
  page.on('worker', (worker) => {
    if (isTrainer(worker)) void keepDevices(worker);
  });
  await fineTuneOnWebGpu(page, 4);
  await page.getByTestId('start-training').click();
  const status = page.getByTestId('run-status');
  await expect(status).toHaveText('running', { timeout: 120_000 });
  await expect(page.getByTestId('run-details')).toBeVisible();
  expect(await destroyDevices(page)).toBeGreaterThan(0);
  const remark = page.getByText(
    /^The graphics device was lost while it was computing.* with WebAssembly SIMD in place of WebGPU\.$/,
  );
  await expect(remark.first()).toBeVisible({ timeout: 60_000 });
  await expect(status).toHaveText('done', { timeout: 180_000 });
  await expect(remark.first()).toBeVisible();
  const { maxDifference } = await embedPatternInFreshPage(browser, await downloadTfjs(page));
  expect(maxDifference).toBeLessThan(1e-4);
});
