/** Everything that must hold: validate, all tests (units, real browser, npm package, end-to-end); then one line. */
import { spawnSync } from 'node:child_process';
import { findBrowser } from './find-browser.mjs';

const steps = ['validate', 'test:unit', 'test:browser', 'build', 'test:package', 'test:e2e'];

try {
  process.env['CHROME_PATH'] = await findBrowser();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
console.log(`Browser: ${process.env['CHROME_PATH']}`);

let passed = 0;
for (const step of steps) {
  console.log(`\n=== ${step} ===`);
  const started = Date.now();
  const { status } = spawnSync('npm', ['run', '--silent', step], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  console.log(
    `=== ${step}: ${status === 0 ? 'ok' : 'FAILED'}, ${((Date.now() - started) / 1000).toFixed(0)} s`,
  );
  if (status !== 0) {
    console.log(`${passed} passed, 1 failed`);
    process.exit(1);
  }
  passed++;
}
console.log(`\n${passed} passed, 0 failed`);
