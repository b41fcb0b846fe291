/** Runs a tool of node_modules/.bin with CHROME_PATH set to the browser that was found. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { findBrowser } from './find-browser.mjs';

const [tool, ...args] = process.argv.slice(2);
try {
  const CHROME_PATH = await findBrowser();
  const windows = process.platform === 'win32';
  const program = join('node_modules', '.bin', windows ? `${tool}.cmd` : `${tool}`);
  const child = spawn(program, args, {
    stdio: 'inherit',
    shell: windows,
    env: { ...process.env, CHROME_PATH },
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal ? 128 + constants.signals[signal] : 1);
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
