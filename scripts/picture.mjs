/** Makes docs/picture.png, the README's picture, from the built page: sample people, a Quick run, light colours. */
import { join } from 'node:path';
import { chromium } from 'playwright';
import { findBrowser, QUIET_FLAGS } from './find-browser.mjs';
import { serveFolder } from './serve.mjs';

const root = join(import.meta.dirname, '..');
const server = await serveFolder(join(root, 'dist'), 0);
const browser = await chromium.launch({ executablePath: await findBrowser(), args: QUIET_FLAGS });
const page = await browser.newPage({ viewport: { width: 1360, height: 1000 }, colorScheme: 'light' });
await page.goto(server.url);
await page.getByTestId('load-sample').click();
await page.getByTestId('next-train').waitFor({ timeout: 120_000 });
await page.getByTestId('nav-train').click();
await page.getByTestId('preset-quick').click();
await page.getByTestId('start-training').click();
await page.getByTestId('run-status').getByText('done').waitFor({ timeout: 300_000 });
await page.waitForTimeout(1000);
await page.screenshot({ path: join(root, 'docs', 'picture.png') });
await browser.close();
await server.close();
console.log('docs/picture.png');
