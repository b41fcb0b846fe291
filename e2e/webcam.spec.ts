import { expect, type Page, test } from '@playwright/test';
import { QUIET_FLAGS } from '../scripts/find-browser.mjs';

/** Chromium's fake camera shows a pattern, and asks nobody. */
test.use({
  launchOptions: {
    ...(process.env['CHROME_PATH'] ? { executablePath: process.env['CHROME_PATH'] } : {}),
    args: [...QUIET_FLAGS, '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
  },
});

/** Keeps every stream that the page opens; the first attempt fails with the given error. */
const watchCamera = async (page: Page, firstError: string | null): Promise<void> => {
  await page.addInitScript((name) => {
    const streams: MediaStream[] = [];
    Object.assign(window, { streams });
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    let error = name;
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const now = error;
      error = null;
      if (now !== null) throw new DOMException('', now);
      const stream = await open(wanted);
      streams.push(stream);
      return stream;
    };
  }, firstError);
};

const tracks = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    (window as unknown as { streams: MediaStream[] }).streams.flatMap((stream) =>
      stream.getTracks().map(({ readyState }) => readyState),
    ),
  );

test('the webcam records named people one after the other, their pictures are imported, the camera is off', async ({
  page,
}) => {
  await watchCamera(page, 'NotAllowedError');
  await page.goto('/');
  await page.getByTestId('use-webcam').click();
  await expect(page.getByTestId('camera-problem')).toContainText(
    /does not let this page use the camera.*Allow it/,
  );
  await expect(page.getByTestId('webcam-record')).toBeDisabled();
  await page.getByRole('button', { name: 'Open the camera again' }).click();
  await expect(page.getByTestId('camera-problem')).toBeHidden();
  await expect(page.getByTestId('webcam-record')).toBeEnabled();
  await page.getByTestId('webcam-record').click();
  await expect(page.getByText('Type the name of the person.')).toBeVisible();

  for (const name of ['Ada', 'Bob']) {
    await page.getByTestId('webcam-name').fill(name);
    await page.keyboard.press('Enter');
    await expect(page.locator('.recorder-count')).toHaveText('3');
    await expect(page.getByText(/Picture \d+ of 20/)).toBeVisible();
    await expect(page.getByText(`${name}: 20 pictures`)).toBeVisible({ timeout: 20_000 });
  }
  expect(await tracks(page)).toEqual(['live']);
  await page.getByTestId('webcam-done').click();
  await expect(page.getByRole('heading', { level: 1, name: 'Data' })).toBeFocused();
  await expect.poll(() => tracks(page)).toEqual(['ended']);
  // Each picture becomes a face or a reason, like any photo; there is no need to wait for all of them.
  const number = async (testId: string): Promise<number> =>
    Number(await page.getByTestId(testId).innerText());
  await expect
    .poll(async () => (await number('ingest-faces')) + (await number('ingest-rejected')), { timeout: 60_000 })
    .toBeGreaterThan(0);
  await page.getByTestId('cancel-ingest').click();
  await expect(page.getByTestId('ingest-status')).toHaveText('cancelled');
});

test('closing the window in a recording turns the camera off and imports nothing', async ({ page }) => {
  await watchCamera(page, null);
  await page.goto('/');
  await page.getByTestId('use-webcam').click();
  await page.getByTestId('webcam-name').fill('Ada');
  await page.getByTestId('webcam-record').click();
  await expect(page.getByText(/Picture \d+ of 20/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect.poll(() => tracks(page)).toEqual(['ended']);
  await expect(page.getByTestId('ingest-status')).toHaveText('idle');
});
