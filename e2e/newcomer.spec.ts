import { expect, type Page, test } from '@playwright/test';

/** A newcomer's way through the page: the demo, a Quick run, its result, the download. */

const WIDTHS = [1440, 720, 390];

/** Does what a button says. */
type Press = (page: Page, testId: string) => Promise<void>;

const byMouse: Press = (page, testId) => page.getByTestId(testId).click();

/** Goes there with Tab and presses Enter: nothing else is touched. */
const byKeyboard: Press = async (page, testId) => {
  await expect(page.getByTestId(testId)).toBeEnabled();
  const isThere = (): Promise<boolean> =>
    page.evaluate((id) => document.activeElement?.getAttribute('data-testid') === id, testId);
  for (let tabs = 0; !(await isThere()); tabs++) {
    expect(tabs, `presses of Tab to get to ${testId}`).toBeLessThan(60);
    await page.keyboard.press('Tab');
  }
  await page.keyboard.press('Enter');
};

/** Adds up, from the first paint on, how far things moved by themselves. */
const recordShifts = async (page: Page): Promise<void> => {
  await page.addInitScript(() => {
    const record = { sum: 0 };
    Object.assign(window, { shifts: record });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { value, hadRecentInput } = entry as PerformanceEntry & {
          readonly value: number;
          readonly hadRecentInput: boolean;
        };
        if (!hadRecentInput) record.sum += value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
};
const shifts = (page: Page): Promise<number> =>
  page.evaluate(() => (window as unknown as { shifts: { sum: number } }).shifts.sum);

for (const width of WIDTHS) {
  for (const [how, press] of [
    ['by mouse', byMouse],
    ['by keyboard alone', byKeyboard],
  ] as const) {
    test(`from the start to the download at ${width} px, ${how}`, async ({ page }) => {
      const fits = async (): Promise<void> => {
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(over, `wider than the window at ${page.url()}`).toBeLessThanOrEqual(0);
      };
      await page.setViewportSize({ width, height: width < 600 ? 844 : 900 });
      await recordShifts(page);
      await page.goto('/');
      await fits();
      await press(page, 'load-sample');
      await expect(page.getByTestId('ingest-status')).toHaveText('done');
      await expect(page.getByTestId('identity-count')).toHaveText('24');
      await fits();
      await press(page, 'next-train');
      await expect(page.getByRole('heading', { level: 1, name: 'Train' })).toBeFocused();
      await press(page, 'start-training');
      await expect(page.getByTestId('run-status')).toHaveText('done', { timeout: 60_000 });
      await expect(page.getByTestId('metric-verification')).toContainText('%');
      await fits();
      await press(page, 'nav-export');
      const download = page.waitForEvent('download');
      await press(page, 'export-tfjs');
      expect((await download).suggestedFilename()).toMatch(/\.zip$/);
      await expect(page.getByTestId('export-check')).toContainText('the file is correct');
      await fits();
      expect(await shifts(page), 'total layout shift').toBeLessThan(0.05);
    });
  }
}
