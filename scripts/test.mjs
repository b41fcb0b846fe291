/** Everything that must hold: validate, all tests (units, real browser, npm package, end-to-end); then one line. */
import { spawn } from 'node:child_process';
import { findBrowser } from './find-browser.mjs';

/**
 * One stage after the other, the steps of a stage side by side where each alone leaves a core idle. The first of a
 * stage is shown while it runs, the others when it has ended. Nothing runs beside the tests in the browser: they take all cores.
 */
const stages = [['validate', 'test:unit'], ['test:browser'], ['build'], ['test:e2e', 'test:package']];

/**
 * Runs a script of package.json.
 *
 * @param {string} step
 * @param {boolean} live whether to show what it prints at once
 */
function start(step, live) {
  const started = Date.now();
  const child = spawn('npm', ['run', '--silent', step], {
    stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  /** @type {Buffer[]} */
  const printed = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part) => printed.push(part));
  /** @type {Promise<{ passed: boolean, printed: Buffer, seconds: string }>} */
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        passed: code === 0,
        printed: Buffer.concat(printed),
        seconds: ((Date.now() - started) / 1000).toFixed(0),
      }),
    );
  });
  return { step, ended };
}

try {
  process.env['CHROME_PATH'] = await findBrowser();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
console.log(`Browser: ${process.env['CHROME_PATH']}`);

let passed = 0;
let failed = 0;
for (const stage of stages) {
  console.log(`\n=== ${stage.join(', beside it ')} ===`);
  for (const { step, ended } of stage.map((step, i) => start(step, i === 0))) {
    const outcome = await ended;
    process.stdout.write(outcome.printed);
    console.log(`=== ${step}: ${outcome.passed ? 'ok' : 'FAILED'}, ${outcome.seconds} s`);
    if (outcome.passed) passed++;
    else failed++;
  }
  if (failed > 0) break;
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
