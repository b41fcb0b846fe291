/**
 * Finds a Chromium to drive, in this order: CHROME_PATH, an installed Chrome or Chromium, Playwright's own
 * download, the system's package manager when allowed (root on Debian or Ubuntu). What does not start does not count.
 * As a program: prints the path, or says in one line what to do and exits with 1.
 */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const NAMES = [
  'google-chrome-stable',
  'google-chrome',
  'chromium',
  'chromium-browser',
  'chrome',
  'microsoft-edge',
  'msedge',
];
const PLACES = [
  '/opt/google/chrome/chrome',
  '/usr/lib/chromium/chromium',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];
const APT = '/usr/bin/apt-get';

/** @param {string} path */
function isFile(path) {
  try {
    return statSync(path).isFile();
  } catch {
    return false; // not there, or in a folder that may not be looked into
  }
}

/**
 * How the outside is asked; a test gives its own.
 * @typedef {object} Probes
 * @property {() => string | undefined} given what CHROME_PATH says
 * @property {() => string[]} installed program files that may be a browser, the likeliest first
 * @property {(path: string) => boolean} works whether the program starts
 * @property {() => Promise<string>} playwright where Playwright keeps its own browser, there or not
 * @property {() => void} download lets Playwright fetch it; may fail
 * @property {() => boolean} mayInstall whether the package manager may be used
 * @property {() => void} install lets the package manager fetch one; may fail
 * @property {(text: string) => void} note says what takes long
 */

/** @type {Probes} */
const real = {
  given: () => process.env['CHROME_PATH'] || undefined,
  installed() {
    const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
    const named = NAMES.flatMap((name) =>
      folders.flatMap((folder) => [join(folder, name), join(folder, `${name}.exe`)]),
    );
    return [...named, ...PLACES].filter(isFile);
  },
  works(path) {
    if (!isFile(path)) return false;
    // On Windows Chrome takes no notice of --version and opens a window.
    if (process.platform === 'win32') return true;
    return spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
  },
  playwright: async () => (await import('playwright')).chromium.executablePath(),
  download() {
    const cli = join(import.meta.dirname, '..', 'node_modules', 'playwright', 'cli.js');
    spawnSync(process.execPath, [cli, 'install', 'chromium'], { stdio: 'ignore', timeout: 300_000 });
  },
  mayInstall: () => process.platform === 'linux' && process.getuid?.() === 0 && isFile(APT),
  install() {
    const options = {
      stdio: /** @type {const} */ ('ignore'),
      timeout: 900_000,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    spawnSync(APT, ['update', '-qq'], options);
    spawnSync(APT, ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], options);
  },
  // Only to a person who is waiting: in a log the one line at the end is enough.
  note(text) {
    if (process.stderr.isTTY) process.stderr.write(`${text}\n`);
  },
};

/**
 * @param {Probes} probes
 * @returns {Promise<string>} path of the browser; throws with one line that says what to do.
 */
export async function findBrowser(probes = real) {
  const given = probes.given();
  if (given !== undefined) {
    if (probes.works(given)) return given;
    throw new Error(`CHROME_PATH names ${given}, which is no browser that starts: correct it or unset it.`);
  }
  const installed = () => probes.installed().find(probes.works);
  const found = installed();
  if (found) return found;

  const own = await probes.playwright();
  if (probes.works(own)) return own;
  probes.note('No Chrome or Chromium is installed: Playwright downloads one ...');
  probes.download();
  if (probes.works(own)) return own;

  if (probes.mayInstall()) {
    probes.note('That failed: the chromium package is being installed ...');
    probes.install();
    const packaged = installed();
    if (packaged) return packaged;
  }
  throw new Error(
    'No Chrome or Chromium was found, and none could be downloaded: install one, or set CHROME_PATH to its program file.',
  );
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
