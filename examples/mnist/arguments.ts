import { parseArgs } from 'node:util';
import { ProblemError } from '../../src/lib/problem.ts';
import { LOSSES, type Loss } from './case.ts';

const USAGE = `npm run examples:mnist -- [--only softmax,arcface,cosface,sphereface] [--seed N] [--out FILE.svg]`;

export interface Wanted {
  readonly losses: readonly Loss[];
  readonly seed: number;
  /** Where the picture goes. */
  readonly out: string;
}

/** @throws ProblemError with the usage */
export function parseArguments(argv: readonly string[]): Wanted {
  const { only, seed, out } = read(argv);
  if (!/^\d{1,9}$/.test(seed)) throw new ProblemError(`--seed must be a whole number, not "${seed}".`, USAGE);
  const names = only?.toLowerCase().split(',');
  const unknown = names?.find((name) => !LOSSES.some(({ title }) => title.toLowerCase() === name));
  if (unknown !== undefined) throw new ProblemError(`--only: there is no "${unknown}".`, USAGE);
  const losses = LOSSES.filter(({ title }) => names?.includes(title.toLowerCase()) ?? true);
  return { losses, seed: Number(seed), out };
}

function read(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        only: { type: 'string' },
        seed: { type: 'string', default: '1' },
        out: { type: 'string', default: 'docs/spheres.svg' },
      },
    }).values;
  } catch (thrown) {
    throw new ProblemError(thrown instanceof Error ? thrown.message : String(thrown), USAGE);
  }
}
