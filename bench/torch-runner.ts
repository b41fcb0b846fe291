import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Case } from './case.ts';
import type { Runner } from './runner.ts';

const SCRIPT = join(import.meta.dirname, 'peers', 'torch_step.py');

const startedLine = z.object({ batch: z.int(), threads: z.int(), userAgent: z.string() });
const roundLine = z.object({ stepMs: z.array(z.number()).min(1), loss: z.number().nullable() });

/** The first Python that has PyTorch: PYTHON, those on the PATH, and the system's own, which may not be the first. */
export function findPython(): string | null {
  const names = ['python3', 'python'];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).filter(existsSync);
  const given = process.env['PYTHON'];
  const candidates = new Set([...(given ? [given] : []), ...found]);
  for (const python of candidates) {
    const { status } = spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore', timeout: 60_000 });
    if (status === 0) return python;
  }
  return null;
}

/**
 * What makes PyTorch faster without a change to the network: tensors channel by channel, and a C library that keeps what
 * is freed instead of giving large pieces back to the system at every step (a quarter of a step, batch 32).
 */
const TUNED = {
  adapter: 'channels last, freed memory kept',
  flags: ['--channels-last'],
  env: { MALLOC_MMAP_THRESHOLD_: String(2 ** 32), MALLOC_TRIM_THRESHOLD_: String(2 ** 34) },
};
const AS_INSTALLED = { adapter: null, flags: [], env: {} };

/** PyTorch in a process of its own, which computes only while a round is asked of it. */
export async function startTorch(spec: Case, signal: AbortSignal): Promise<Runner> {
  const python = findPython();
  if (python === null) throw new Error('no python3 can import torch (Debian: apt install python3-torch)');
  const { backbone, size, batch, threads, forward } = spec;
  const { adapter, flags, env } = spec.contender === 'pytorch-tuned' ? TUNED : AS_INSTALLED;
  const command = [
    ...[SCRIPT, '--serve', '--backbone', backbone, '--size', String(size), '--batch', String(batch)],
    ...['--threads', String(threads), ...(forward ? ['--forward'] : []), ...flags],
  ];
  const child = spawn(python, command, { env: { ...process.env, ...env } });
  const stop = async (): Promise<void> => void child.kill('SIGKILL');
  signal.addEventListener('abort', () => void stop(), { once: true });
  const nextLine = readLines(child);
  try {
    const started = startedLine.parse(await nextLine());
    return {
      started: { ...started, adapter },
      round: async (steps, limitMs) => {
        child.stdin.write(`${steps} ${limitMs / 1000}\n`);
        return roundLine.parse(await nextLine());
      },
      kernels: () => Promise.reject(new Error('only backends of TensorFlow.js are taken apart')),
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

/** The child's next line on stdout, as JSON; rejects with its last words when it has ended. */
function readLines(child: ChildProcessWithoutNullStreams): () => Promise<unknown> {
  let words = '';
  child.stderr.on('data', (part: Buffer) => {
    words = (words + part.toString()).slice(-2000);
  });
  child.stdin.on('error', () => {}); // it has ended: the next line says so
  const ended = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('close', () => reject(new Error(words.trim().split('\n').at(-1) || 'PyTorch ended by itself')));
  });
  ended.catch(() => {}); // it may end while nobody waits
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await Promise.race([lines.next(), ended]);
    if (done || typeof value !== 'string') return ended;
    return JSON.parse(value);
  };
}
