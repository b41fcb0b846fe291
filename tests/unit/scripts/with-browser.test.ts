import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const script = join(import.meta.dirname, '..', '..', '..', 'scripts', 'with-browser.mjs');

/** Runs a program through tsx with a "browser" that answers --version. @returns how it ended */
function end(program: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, 'tsx', '-e', program], {
      stdio: 'ignore',
      env: { ...process.env, CHROME_PATH: process.execPath },
    });
    child.on('error', reject);
    child.on('exit', resolve);
  });
}

it('ends as the program ends: with its code, or with that of the signal that ended it', async () => {
  // The parent of the program is tsx.
  const [own, killed] = await Promise.all([
    end('process.exit(3)'),
    end("process.kill(process.ppid, 'SIGKILL')"),
  ]);
  expect({ own, killed }).toEqual({ own: 3, killed: 137 });
});
