import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** From a small phone to a large window; 720 is a window of 1440 at 200 %. */
const WIDTHS = [320, 390, 720, 1024, 1440];

const softly = expect.configure({ soft: true });

/**
 * Nothing wider than the window at any width, and no axe violation in a window, and in dark colours on a phone. The
 * scheme changes colours only, so of axe's rules dark needs the one that looks at them. Ends light and wide.
 */
export async function isAccessible(page: Page, state: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    // Charts follow the width a moment later.
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    await softly
      .poll(overflow, { message: `${state}, ${width} px: wider than the window`, timeout: 3000 })
      .toBeLessThanOrEqual(0);
  }
  for (const [width, colorScheme] of [
    [390, 'dark'],
    [1440, 'light'],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`)).toBeAttached();
    await page.waitForTimeout(150); // colours and dialogs fade
    const axe = new AxeBuilder({ page });
    if (colorScheme === 'dark') axe.withRules('color-contrast');
    const { violations } = await axe.analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
    expect.soft(found, `${state}, ${colorScheme}, ${width} px: axe`).toEqual([]);
  }
}
