import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { dropFromDisk } from './drop.ts';
import { png } from './png.ts';

/** Photographs lie beside the repository, never in it. */
const PHOTOGRAPHS = join(import.meta.dirname, '..', '..', 'shared', 'data', 'lfw', 'train');
const PEOPLE = 4;
const PHOTOS = 5;
let root = '';

test.beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'arcface-photographs-'));
});
test.afterEach(() => rmSync(root, { recursive: true, force: true }));

test('real photographs: dropped as folders, every face found and shown', async ({ page }) => {
  test.skip(!existsSync(PHOTOGRAPHS), 'the photographs of ../shared/data/lfw are missing');
  const names = readdirSync(PHOTOGRAPHS).sort().slice(0, PEOPLE);
  for (const name of names) {
    mkdirSync(join(root, name));
    for (const photo of readdirSync(join(PHOTOGRAPHS, name)).sort().slice(0, PHOTOS))
      cpSync(join(PHOTOGRAPHS, name, photo), join(root, name, photo));
  }
  // Nobody is on this one: that it is turned away shows that faces are really looked for.
  writeFileSync(
    join(root, names[0] ?? '', 'wall.png'),
    png(250, 250, (x, y) => [90 + (x % 25), 80 + (y % 40), 70]),
  );

  await page.goto('/');
  await dropFromDisk(
    page,
    '[data-testid="drop-zone"]',
    names.map((name) => join(root, name)),
  );
  await expect(page.getByTestId('ingest-status')).toHaveText('done', { timeout: 60_000 });
  await expect(page.getByTestId('ingest-faces')).toHaveText(`${PEOPLE * PHOTOS}`);
  await expect(page.getByTestId('identity-count')).toHaveText(`${PEOPLE}`);
  await expect(page.getByTestId('ingest-rejected')).toHaveText('1');
  await page.getByTestId('open-attention').click();
  await expect(page.getByRole('dialog').getByText('wall.png').first()).toBeVisible();
  await page.keyboard.press('Escape');

  for (const name of names) {
    const card = page.locator('article', { has: page.getByRole('button', { name, exact: true }) });
    await expect(card).toContainText(`${PHOTOS} photos`);
    const faces = card.locator('img');
    await expect(faces.first()).toBeVisible();
    // A thumbnail is an aligned face: of its size, drawn, and not of one colour.
    const spread = await faces.first().evaluate(async (image: HTMLImageElement) => {
      await image.decode();
      const context = new OffscreenCanvas(112, 112).getContext('2d');
      if (!context) throw new Error('no canvas');
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, 112, 112);
      const green = data.filter((_, i) => i % 4 === 1);
      return {
        width: image.naturalWidth,
        height: image.naturalHeight,
        spread: Math.max(...green) - Math.min(...green),
      };
    });
    expect(spread).toMatchObject({ width: 112, height: 112 });
    expect(spread.spread).toBeGreaterThan(60);
  }
});
