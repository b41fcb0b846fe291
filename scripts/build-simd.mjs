import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { writeSimdLayout } from './simd-layout.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'src', 'engine', 'simd');
const sources = join(folder, 'assembly');
const output = join(folder, 'wasm');

/**
 * One source, four modules: with and without relaxed SIMD (fused multiply-add), over memory that threads share
 * and over memory that they do not. WebAssembly fixes both when it is compiled.
 */
const VARIANTS = [
  { name: 'relaxed-shared', relaxed: true, shared: true },
  { name: 'relaxed-plain', relaxed: true, shared: false },
  { name: 'fixed-shared', relaxed: false, shared: true },
  { name: 'fixed-plain', relaxed: false, shared: false },
];

/** Where the kernels' constants begin: what is below is for kernel-table.mjs, the heap begins above. */
const STATIC_DATA = 4096;

async function compile({ name, relaxed, shared }) {
  const options = [
    join(sources, 'index.ts'),
    '-O3',
    '--noAssert',
    ...['--runtime', 'stub', '--importMemory', '--initialMemory', '2', '--maximumMemory', '65536'],
    ...['--memoryBase', String(STATIC_DATA), '--use', 'abort=', '--use', `RELAXED=${relaxed ? 1 : 0}`],
    ...['--enable', 'simd', '--enable', 'threads', '--enable', 'bulk-memory'],
    ...(relaxed ? ['--enable', 'relaxed-simd'] : []),
    ...(shared ? ['--sharedMemory'] : []),
  ];
  const files = new Map();
  const { error, stderr } = await asc.main([...options, '--outFile', `${name}.wasm`, '--baseDir', '/'], {
    writeFile: (file, contents) => void files.set(file, contents),
  });
  if (error) throw new Error(`The simd kernels do not compile: ${error.message}\n${stderr.toString()}`);
  for (const [file, contents] of files) writeFileSync(join(output, file), contents);
}

const youngest = (path) =>
  Math.max(...readdirSync(path, { recursive: true }).map((file) => statSync(join(path, file)).mtimeMs));

/** Compiles the kernels of the `simd` backend where a source is younger than what was compiled. */
export async function buildSimd() {
  writeSimdLayout();
  const sourcesChanged = Math.max(youngest(sources), statSync(fileURLToPath(import.meta.url)).mtimeMs);
  mkdirSync(output, { recursive: true });
  for (const variant of VARIANTS) {
    const target = join(output, `${variant.name}.wasm`);
    if (existsSync(target) && statSync(target).mtimeMs > sourcesChanged) continue;
    await compile(variant);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildSimd();
