import { expect, type Page, test } from '@playwright/test';

async function withSamplePeople(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByTestId('load-sample').click();
  await expect(page.getByTestId('ingest-status')).toHaveText('done', { timeout: 120_000 });
  await page.getByTestId('nav-train').click();
}

async function openGroup(page: Page, title: string): Promise<void> {
  await page.getByTestId('open-settings').click();
  await page.getByRole('dialog').getByText(title, { exact: true }).click();
}

test('find a learning rate: its curve appears, and the suggestion is written into the field', async ({
  page,
}) => {
  await withSamplePeople(page);
  await openGroup(page, 'Training');
  const field = page.getByRole('textbox', { name: /^learning rate/i });
  const before = await field.inputValue();
  await page.getByTestId('find-rate').click();
  await expect(page.getByTestId('start-training')).toBeDisabled();
  const suggestion = page.getByTestId('rate-suggestion');
  await expect(suggestion).toContainText('Suggested: 0.', { timeout: 120_000 });
  await expect(page.getByTestId('chart-rate-search').locator('path.recharts-curve')).toHaveCount(2);
  await page.getByTestId('use-rate').click();
  const rate = (await suggestion.innerText()).match(/Suggested: ([\d.]+),/)?.[1];
  expect(rate).not.toBe(before);
  await expect(field).toHaveValue(rate ?? '');
  await expect(page.getByTestId('start-training')).toBeEnabled();
});

test('the preview follows the settings of the data augmentation', async ({ page }) => {
  await withSamplePeople(page);
  await page.getByTestId('preset-scratch').click();
  await openGroup(page, 'Data augmentation');
  const pictures = page.getByTestId('augment-preview').getByRole('img');
  await expect(pictures).toHaveCount(15);
  /** The bytes of an image, as text; null while it is being replaced. */
  const bytes = (at: number): Promise<string | null> =>
    pictures.nth(at).evaluate(async (img) => {
      const source = img instanceof HTMLImageElement ? img.src : '';
      const answer = await fetch(source).catch(() => null);
      return answer && [...new Uint8Array(await answer.arrayBuffer())].join();
    });
  const [photo, draw] = [await bytes(0), await bytes(1)];
  expect(draw).not.toBe(photo);
  await page.getByRole('textbox', { name: /^rotation/i }).fill('40');
  await expect
    .poll(async () => {
      const now = await bytes(1);
      return now !== null && now !== draw;
    })
    .toBe(true);
  await expect.poll(() => bytes(0)).toBe(photo);
});
