import { afterAll, describe, expect, it } from 'vitest';
import { CLASSES, casesOf, type GoldenCase, STEPS } from '../../../bench/peers/golden-cases.ts';
import { parsePartialConfig } from '../../../src/config/parse.ts';
import type { BackendName } from '../../../src/config/training-config.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { present } from '../../../src/lib/assert.ts';
import { Safetensors } from '../../../src/lib/binary/safetensors.ts';
import { makeTrace, traceLosses } from '../../../src/train/replay/trace.ts';
import iresnet from './golden/iresnet-18.json' with { type: 'json' };
import mobilefacenet from './golden/mobilefacenet.json' with { type: 'json' };
import mobilefacenet112 from './golden/mobilefacenet-112.json' with { type: 'json' };
import smallCnn from './golden/small-cnn.json' with { type: 'json' };
import vgg8 from './golden/vgg8.json' with { type: 'json' };

/**
 * Losses of 20 steps against PyTorch in 64 bits, from the same weights and pictures (bench/peers/golden.ts makes the
 * files): every network and every margin on the processor; on the other backends, which are slow or emulated here, the
 * small CNN, and of larger networks the first steps. What is left out here is in docs/performance.md, with the command.
 */
const files: Readonly<Record<Network, Golden>> = {
  'small-cnn': smallCnn,
  vgg8,
  mobilefacenet,
  'mobilefacenet-112': mobilefacenet112,
  'iresnet-18': iresnet,
};
type Network = 'small-cnn' | 'vgg8' | 'mobilefacenet' | 'mobilefacenet-112' | 'iresnet-18';
type Golden = Readonly<Record<string, { readonly losses: readonly number[] }>>;
const TOLERANCE = 1e-4;
/** Of a network that takes seconds a step: the margin's warm-up and one step with all of it. */
const FIRST = 3;

/** Every margin once, and both optimisers. */
const ONCE = [
  'arcface sgd',
  'cosface adamw',
  'sphereface sgd',
  'combined adamw',
  'sub-center sgd',
  'curricularface adamw',
];
const EVERYTHING = 'easy margin, nesterov, smoothed labels, clipped gradients, polynomial schedule';
/** By backend and network the names of the cases, null for all that are kept; and how many of their steps. */
const plan: readonly (readonly [BackendName, Network, readonly string[] | null, number?])[] = [
  ['simd', 'small-cnn', null],
  ['simd', 'vgg8', null],
  ['simd', 'mobilefacenet', ONCE],
  ['simd', 'mobilefacenet-112', null],
  ['simd', 'iresnet-18', ONCE],
  ['webgl', 'small-cnn', ['arcface sgd', 'sphereface sgd', 'combined adamw', 'softmax sgd']],
  ['webgpu', 'small-cnn', [EVERYTHING, 'cosface adamw', 'sub-center sgd', 'curricularface adamw']],
  ['webgl', 'vgg8', ['cosface adamw'], FIRST],
  ['webgl', 'mobilefacenet', ['arcface sgd'], FIRST],
  ['webgpu', 'vgg8', ['combined adamw'], FIRST],
  ['webgpu', 'mobilefacenet', ['arcface sgd', 'curricularface adamw'], FIRST],
  ['webgpu', 'iresnet-18', ['arcface sgd'], FIRST],
  ['cpu', 'small-cnn', ['arcface sgd', 'arcface adamw']],
  ['cpu', 'vgg8', ['arcface sgd'], FIRST],
];
const runs = plan.flatMap(([backend, network, names, steps = STEPS]) =>
  casesOf(network)
    .filter(({ name }) => (names ?? Object.keys(files[network])).includes(name))
    .map((one) => ({ backend, network, name: one.name, one, steps })),
);

const worst = new Map<string, number>();
afterAll(() => {
  for (const [what, off] of worst) console.warn(`${what}: at most ${off.toExponential(1)} off`);
});

it('every case that is kept can be made again, and every one that is planned is kept', () => {
  for (const [, network, names] of plan) {
    const kept = Object.keys(files[network]);
    expect(casesOf(network).map(({ name }) => name)).toEqual(expect.arrayContaining(kept));
    expect(kept).toEqual(expect.arrayContaining([...(names ?? [])]));
  }
});

describe.each(runs)('$network on $backend: $name', ({ backend, network, name, one, steps }) => {
  it('loses what PyTorch loses in 64 bits', async () => {
    const { init, batches } = await traceOf(one);
    await startBackend(backend);
    const config = parsePartialConfig(one.config);
    const right = present(files[network][name], 'the kept losses').losses;
    expect(right).toHaveLength(STEPS);
    const losses: number[] = [];
    for await (const { loss, done, total } of traceLosses(config, { init, batches })) {
      expect(total).toBe(STEPS);
      losses.push(loss);
      if (done === steps) break;
    }
    expect(losses).toHaveLength(steps);
    const off = Math.max(...losses.map((loss, i) => Math.abs(loss / (right[i] ?? Number.NaN) - 1)));
    const what = `${network} on ${backend}`;
    worst.set(what, Math.max(off, worst.get(what) ?? 0));
    expect(off).toBeLessThan(TOLERANCE);
  });
});

/** First weights and batches, as drawn in plain JavaScript. */
async function traceOf({ config }: GoldenCase) {
  await startBackend('cpu');
  const trace = await makeTrace(parsePartialConfig(config), { classes: CLASSES, steps: STEPS });
  return {
    init: await Safetensors.open(trace.init, 'init'),
    batches: await Safetensors.open(trace.batches, 'batches'),
  };
}
