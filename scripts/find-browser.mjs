/**
 * Finds a Chromium to drive, in this order: CHROME_PATH, an installed Chrome or Chromium, Playwright's own
 * download, the system's package manager when allowed (root on Debian or Ubuntu).
 * As a program: prints the path, or says in one line what to do and exits with 1.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const NAMES = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome', 'msedge'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

/** @returns {string | null} */
function installed() {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const name of NAMES) {
    for (const folder of folders) {
      for (const file of [join(folder, name), join(folder, `${name}.exe`)]) if (existsSync(file)) return file;
    }
  }
  return PLACES.find((file) => existsSync(file)) ?? null;
}

/** @returns {Promise<string | null>} */
async function fromPlaywright() {
  const { chromium } = await import('playwright');
  const path = () => (existsSync(chromium.executablePath()) ? chromium.executablePath() : null);
  if (path()) return path();
  spawnSync(process.execPath, [join('node_modules', 'playwright', 'cli.js'), 'install', 'chromium'], {
    stdio: ['ignore', 'ignore', 'ignore'],
    timeout: 300_000,
  });
  return path();
}

/** @returns {string | null} */
function fromPackageManager() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return null;
  process.stderr.write('No browser found; installing the chromium package ...\n');
  const quiet = { stdio: /** @type {const} */ (['ignore', 'ignore', 'inherit']), timeout: 900_000 };
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { ...quiet, env });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { ...quiet, env });
  return installed();
}

/** @returns {Promise<string>} path of the browser; throws with one line that says what to do. */
export async function findBrowser() {
  const given = process.env['CHROME_PATH'];
  if (given) {
    if (existsSync(given)) return given;
    throw new Error(`CHROME_PATH names ${given}, which does not exist: correct it or unset it.`);
  }
  const found = installed() ?? (await fromPlaywright()) ?? fromPackageManager();
  if (found) return found;
  throw new Error('No Chrome or Chromium found: install one, or set CHROME_PATH to its program file.');
}

/** Flags for a headless browser that keeps to itself; software WebGPU and WebGL only where a test asks. */
export const QUIET_FLAGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];
export const SOFTWARE_GPU_FLAGS = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-unsafe-swiftshader',
];

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log(await findBrowser());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
