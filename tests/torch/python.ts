import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readArchive } from '../../src/lib/archive.ts';

/** Debian's, with python3-torch and python3-pil; another one is not looked for. */
const PYTHON = '/usr/bin/python3';
export const pythonMisses: string | null =
  spawnSync(PYTHON, ['-c', 'import torch, PIL'], { timeout: 60_000 }).status === 0
    ? null
    : `${PYTHON} with torch and PIL (Debian: python3-torch, python3-pil)`;

const run = promisify(execFile);
const ENVIRONMENT = { ...process.env, OMP_NUM_THREADS: '1', PYTHONDONTWRITEBYTECODE: '1' };

/** @returns what it prints */
export async function python(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(PYTHON, args, { cwd, env: ENVIRONMENT, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/**
 * torchrun with as many processes as given, by the module that it is a name for. Without a mapping for --redirects and --tee (of
 * a process that there is not) PyTorch 1.13 cannot read its own defaults under Python 3.11.
 *
 * @returns what it prints
 */
export const torchrun = (cwd: string, processes: number, ...args: string[]): Promise<string> =>
  python(
    cwd,
    ...['-m', 'torch.distributed.run', '--standalone', '--nproc_per_node', `${processes}`],
    ...['--redirects', '9:1', '--tee', '9:1'],
    ...args,
  );

/** Unpacks a download into a folder. */
export async function unpackInto(folder: string, zip: Blob): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (const [name, data] of await readArchive(zip)) writeFileSync(join(folder, name), data);
  return folder;
}
