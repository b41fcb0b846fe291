/**
 * Makes public/sample-people/faces.bin: the sample people of the page, drawn with facesjs in a browser.
 *
 *   npm run sample-people
 *
 * The same browser gives the same bytes every time; the drawings come from seeded numbers of our own.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { build } from 'vite';
import { findBrowser, QUIET_FLAGS } from '../find-browser.mjs';

const ROOT = join(import.meta.dirname, '..', '..');
const OUT = join(ROOT, 'public', 'sample-people');

const built = await build({
  configFile: false,
  root: ROOT,
  publicDir: false,
  logLevel: 'error',
  build: {
    write: false,
    lib: { entry: join(import.meta.dirname, 'draw.ts'), formats: ['iife'], name: 'samplePeople' },
  },
});
const [output] = [built].flat();
if (!output || !('output' in output)) throw new Error('Internal error: nothing was built');
const browser = await chromium.launch({ executablePath: await findBrowser(), args: QUIET_FLAGS });
try {
  const page = await browser.newPage();
  await page.addScriptTag({ content: output.output[0].code });
  const base64 = await page.evaluate(async () => {
    const { samplePeople } = window as unknown as { samplePeople: typeof import('./draw.ts') };
    const bytes = new Uint8Array(await (await samplePeople.drawSamplePeople()).arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 8192) {
      text += String.fromCharCode(...bytes.subarray(at, at + 8192));
    }
    return btoa(text);
  });
  const file = Buffer.from(base64, 'base64');
  await mkdir(OUT, { recursive: true });
  await writeFile(join(OUT, 'faces.bin'), file);
  const sha256 = createHash('sha256').update(file).digest('hex');
  console.log(`public/sample-people/faces.bin: ${file.length} bytes, sha256 ${sha256}`);
} finally {
  await browser.close();
}
