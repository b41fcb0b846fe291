import { afterAll, describe, expect, it } from 'vitest';
import { parsePartialConfig } from '../../../src/config/parse.ts';
import type { BackendName } from '../../../src/config/training-config.ts';
import { startBackend } from '../../../src/engine/start.ts';
import { Safetensors } from '../../../src/lib/safetensors.ts';
import { makeTrace, runTrace } from '../../../src/train/trace.ts';
import mobilefacenet from './golden/mobilefacenet.json' with { type: 'json' };
import smallCnn from './golden/small-cnn.json' with { type: 'json' };
import vgg8 from './golden/vgg8.json' with { type: 'json' };

/**
 * Losses of 20 steps against PyTorch in 64 bits, from the same weights and pictures (bench/peers/golden.ts makes the
 * files): every network, margin and optimiser on the processor; on the other backends, which are emulated here, the
 * small networks. What is left out here is in docs/performance.md, with the command.
 */
const files = { 'small-cnn': smallCnn, vgg8, mobilefacenet };
type Network = keyof typeof files;
const TOLERANCE = 1e-4;

/** Where PyTorch's own 32 bits are further off, the case says nothing of a backend: rounding decides it. */
const CONDITIONED = 3e-5;

interface Part {
  readonly backend: BackendName;
  readonly networks: readonly Network[];
  readonly only?: RegExp;
}
/** Every margin once, each optimiser, and the heads of another kind. */
const SOME =
  /^(arcface sgd|cosface adamw|sphereface sgd|combined adamw|sub-center sgd|curricularface adamw|softmax sgd)$/;
const plan: readonly Part[] = [
  { backend: 'simd', networks: ['small-cnn', 'vgg8'] },
  { backend: 'simd', networks: ['mobilefacenet'], only: /^(arcface|curricularface) / },
  { backend: 'webgl', networks: ['small-cnn'], only: SOME },
  { backend: 'webgpu', networks: ['small-cnn'], only: SOME },
  { backend: 'cpu', networks: ['small-cnn'], only: /^arcface / },
];
const runs = plan.flatMap(({ backend, networks, only }) =>
  networks.flatMap((network) =>
    files[network].cases
      .filter(({ name, float32 }) => float32 < CONDITIONED && (only === undefined || only.test(name)))
      .map((one) => ({ backend, network, name: one.name, one })),
  ),
);

const worst = new Map<string, number>();
afterAll(() => {
  for (const [what, off] of worst) console.warn(`${what}: at most ${off.toExponential(1)} off`);
});

describe.each(runs)('$network on $backend: $name', ({ backend, network, one }) => {
  it('loses what PyTorch loses in 64 bits', async () => {
    const { base, classes, steps } = files[network];
    const config = parsePartialConfig({ ...base, ...one.config });
    await startBackend('cpu'); // where the first weights are drawn in a moment
    const trace = await makeTrace(config, { classes, steps });
    await startBackend(backend);
    const losses = await runTrace(
      trace.config,
      {
        init: await Safetensors.open(trace.init, 'init'),
        batches: await Safetensors.open(trace.batches, 'batches'),
      },
      new AbortController().signal,
      () => {},
    );
    expect(losses).toHaveLength(one.losses.length);
    const off = Math.max(...losses.map((loss, i) => Math.abs(loss / (one.losses[i] ?? Number.NaN) - 1)));
    const what = `${network} on ${backend}`;
    worst.set(what, Math.max(off, worst.get(what) ?? 0));
    expect(off).toBeLessThan(TOLERANCE);
  });
});
