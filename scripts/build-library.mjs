/**
 * Builds what the npm package holds into lib/: ES modules with types, and the compiled simd kernels beside the module
 * that loads them. `npm pack` runs it first.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSimd } from './build-simd.mjs';

const root = join(import.meta.dirname, '..');
const output = join(root, 'lib');
const kernels = join('engine', 'simd', 'wasm');

/** tsc rewrites imports of .ts files in modules, but neither addresses nor the imports in declarations. */
const REWRITES = [
  { files: /\.js$/, what: /(new URL\(\s*'\.[^']*)\.ts'/g, by: "$1.js'" },
  { files: /\.d\.ts$/, what: /((?:from|import)\s*\(?\s*(['"])\.[^'"\n]*)\.ts\2/g, by: '$1.js$2' },
];

await buildSimd();
rmSync(output, { recursive: true, force: true });
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.library.json')], {
  stdio: ['ignore', 2, 2], // what npm pack prints is for programs to read
});
if (status !== 0) process.exit(status ?? 1);
cpSync(join(root, 'src', kernels), join(output, kernels), { recursive: true });
for (const name of readdirSync(output, { recursive: true, encoding: 'utf8' })) {
  for (const { files, what, by } of REWRITES) {
    if (!files.test(name)) continue;
    const path = join(output, name);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll(what, by));
  }
}
