import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { ProblemError } from '../src/lib/problem.ts';
import { BACKBONES, type BackboneName, OURS, type Ours, PEERS, type Peer, type Work } from './case.ts';
import { plannedName } from './plan.ts';

const SIZES: readonly number[] = [32, 48, 64, 112];
/** Edge of the pictures where none is given. */
const USUAL_SIZE: Readonly<Record<BackboneName, number>> = {
  mobilefacenet: 112,
  'small-cnn': 64,
  'mobilefacenet-x2': 112,
  vgg8: 64,
  'iresnet-18': 112,
  'iresnet-50': 112,
};

export const USAGE = `Usage:
  npm run bench -- [--backend ${OURS.join(',')}] [--peers ${PEERS.join(',')}]
      [--backbone ${BACKBONES.join('|')}] [--size N] [--batch N] [--threads N] [--forward]
      [--steps N] [--rounds N] [--kernels] [--json] [--software-gpu] [--browser-flag FLAG ...] [--whole-batch]
  npm run bench -- budget [--backbone ...] [--size N] [--batch N] [--dry] [--json] [--software-gpu]

budget          counts what a training step asks of a graphics device, ours and that of stock TensorFlow.js, instead of
                timing it: launches, submits, bytes bound, uploaded and allocated
--dry           for budget: launches are counted and not made
--backend       our training step, on these backends; simd if not given
--peers         the same network and step in other libraries, in the same run, round by round in turn; for
                mobilefacenet and small-cnn
--size          edge of the pictures: 32, 48, 64 or 112; 64 for small-cnn and vgg8 if not given, 112 for the others
--batch         pictures a step (32); plain JavaScript and emulated graphics get a smaller one for large networks
--whole-batch   the whole batch for all of them
--threads       for simd, wasm and pytorch: as many as the machine has, if not given
--forward       inference only
--steps         steps a round (5); --rounds: rounds (3); a round that takes too long is cut short
--kernels       milliseconds by kernel, for simd, wasm and cpu
--json          one line of JSON a row on stdout instead of the table
--software-gpu  lets the browser emulate a graphics card where it has none (right but very slow)
--browser-flag  one more flag for the browser, e.g. --browser-flag=--use-angle=vulkan; may be repeated
`;

export interface Command {
  /** Times steps, or counts what one asks of a graphics device; `dry`: without letting it compute. */
  readonly task: 'time' | 'budget' | 'dry-budget';
  readonly work: Work;
  readonly backends: readonly Ours[];
  readonly peers: readonly Peer[];
  readonly steps: number;
  readonly rounds: number;
  readonly kernels: boolean;
  readonly json: boolean;
  readonly softwareGpu: boolean;
  readonly browserFlags: readonly string[];
}

/** Reads the command line. @throws ProblemError with a sentence that says what is wrong. */
export function parseCommand(argv: readonly string[]): Command {
  const counts = argv[0] === 'budget';
  const values = readArguments(counts ? argv.slice(1) : argv);
  const [backbone] = list('--backbone', values.backbone ?? 'mobilefacenet', BACKBONES);
  const size = values.size === undefined ? USUAL_SIZE[backbone] : wholeNumber('--size', values.size, 1);
  if (!SIZES.includes(size)) {
    throw new ProblemError(`No network takes pictures of ${size} here.`, `Sizes: ${SIZES.join(', ')}.`);
  }
  const peers = values.peers === undefined ? [] : list('--peers', values.peers, PEERS);
  if (peers.length > 0 && plannedName(backbone) === null) {
    throw new ProblemError(`No other library has ${backbone} here.`, 'Leave out --peers.');
  }
  if (values.dry && !counts) throw new ProblemError('--dry is for budget.', 'Leave it out.');
  return {
    task: counts ? (values.dry ? 'dry-budget' : 'budget') : 'time',
    work: {
      backbone,
      size,
      // Batch-norm over a single row of numbers has nothing to learn from.
      batch: wholeNumber('--batch', values.batch ?? '32', 2),
      threads:
        values.threads === undefined ? availableParallelism() : wholeNumber('--threads', values.threads, 1),
      forward: values.forward ?? false,
      wholeBatch: values['whole-batch'] ?? false,
    },
    backends: list('--backend', values.backend ?? 'simd', OURS),
    peers,
    steps: wholeNumber('--steps', values.steps ?? '5', 1),
    rounds: wholeNumber('--rounds', values.rounds ?? '3', 1),
    kernels: values.kernels ?? false,
    json: values.json ?? false,
    softwareGpu: values['software-gpu'] ?? false,
    browserFlags: values['browser-flag'] ?? [],
  };
}

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        backend: { type: 'string' },
        peers: { type: 'string' },
        backbone: { type: 'string' },
        size: { type: 'string' },
        batch: { type: 'string' },
        threads: { type: 'string' },
        forward: { type: 'boolean' },
        steps: { type: 'string' },
        rounds: { type: 'string' },
        kernels: { type: 'boolean' },
        json: { type: 'boolean' },
        dry: { type: 'boolean' },
        'whole-batch': { type: 'boolean' },
        'software-gpu': { type: 'boolean' },
        'browser-flag': { type: 'string', multiple: true },
      },
    }).values;
  } catch (thrown) {
    throw new ProblemError(thrown instanceof Error ? thrown.message : String(thrown), `\n\n${USAGE}`);
  }
}

/** Names separated by commas, each once; at least one. */
function list<T extends string>(option: string, text: string, known: readonly T[]): [T, ...T[]] {
  const chosen = new Set<T>();
  for (const word of text.split(',').map((part) => part.trim())) {
    const name = known.find((candidate) => candidate === word);
    if (name === undefined) {
      throw new ProblemError(`${option}: there is no "${word}".`, `There are: ${known.join(', ')}.`);
    }
    chosen.add(name);
  }
  const [first, ...others] = chosen;
  if (first === undefined)
    throw new ProblemError(`${option} names nothing.`, `There are: ${known.join(', ')}.`);
  return [first, ...others];
}

function wholeNumber(option: string, text: string, least: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least) return value;
  throw new ProblemError(
    `${option} must be a whole number of at least ${least}, not "${text}".`,
    `Example: ${option} ${Math.max(least, 2)}`,
  );
}
