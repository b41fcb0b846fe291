import { expect, it } from 'vitest';
import { page } from 'vitest/browser';
import { chooseFolder, goTo, id, NINE, open, people } from './fixture/open-page.ts';
import { closeSettings, openGroup, openSettings } from './fixture/settings-drawer.ts';

const pictures = (): HTMLImageElement[] => [
  ...document.querySelectorAll<HTMLImageElement>('[data-testid="augment-preview"] img'),
];

/** The settings that the fake trainer appended to the second image. */
async function settings(): Promise<string> {
  const { src } = pictures()[1] ?? {};
  return src ? (await fetch(src)).text().catch(() => '') : '';
}

it('follows the settings, draws again, and names its images', async () => {
  open();
  await goTo('train');
  await id('preset-scratch').click();
  await openSettings();
  await openGroup('Data augmentation');
  await expect.element(id('augment-preview')).toHaveTextContent('Once there are photos');
  await expect.element(id('other-draws')).toBeDisabled();
  await closeSettings();
  await chooseFolder(people(NINE, 3));
  await openSettings();
  await openGroup('Data augmentation');
  await expect.poll(() => pictures().length).toBe(15);
  await expect.element(id('augment-preview')).toHaveTextContent('112 × 112');
  expect(pictures()[5]?.alt).toBe('Cy, original');
  expect(pictures()[1]?.alt).toMatch(/variant 1 of 4$/);
  await expect.poll(settings).toContain('"seed":1');

  await page.getByLabelText(/^Rotation/).fill('30');
  await expect.poll(settings).toContain('"rotationDegrees":30');
  await id('other-draws').click();
  await expect.poll(settings).toContain('"seed":2');

  await page.getByLabelText(/^Rotation/).fill('99');
  await expect.element(id('augment-preview')).toHaveTextContent('marked in red');
  expect(await settings()).toContain('"rotationDegrees":30');
  await page.getByLabelText(/^Rotation/).fill('10');
  await page.getByLabelText(/^Rotation/).fill('11');
  await expect.poll(settings).toContain('"rotationDegrees":11');
});
