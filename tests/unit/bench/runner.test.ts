import { describe, expect, it } from 'vitest';
import type { Case, Contender } from '../../../bench/case.ts';
import { toRows } from '../../../bench/row.ts';
import { type Limits, measure, type Runner } from '../../../bench/runner.ts';
import { showRows } from '../../../bench/table.ts';

const work = {
  backbone: 'small-cnn',
  size: 32,
  batch: 32,
  threads: 2,
  forward: false,
  wholeBatch: false,
} as const;
const spec = (contender: Contender): Case => ({ ...work, contender, kernels: false, count: null });
const LIMITS: Limits = { startMs: 1000, firstStepMs: 50, roundMs: 1000 };
const never = new Promise<never>(() => {});

/** Contenders that compute nothing and tell what was asked of them. */
function stage(behaviour: Partial<Record<Contender, (batch: number) => Promise<number>>>) {
  const log: string[] = [];
  const start = async ({ contender, batch }: Case): Promise<Runner> => {
    const ms = behaviour[contender];
    if (!ms) throw new Error('no such thing\n  here');
    log.push(`start ${contender} ${batch}`);
    return {
      started: { batch, threads: 2, userAgent: 'test', adapter: null },
      round: async (steps) => {
        log.push(`${contender} ${steps}`);
        const each = await ms(batch);
        return { stepMs: Array.from({ length: steps }, () => each), loss: 3 };
      },
      kernels: () => never,
      stop: async () => void log.push(`stop ${contender}`),
    };
  };
  const run = (...contenders: Contender[]) =>
    measure(contenders.map(spec), start, { steps: 3, rounds: 2, smaller: [32, 8, 2] }, () => {}, LIMITS);
  return { log, run };
}

describe('a run of the bench', () => {
  it('warms each up, then goes round in turn, and the warm-up does not count', async () => {
    const { log, run } = stage({ simd: async () => 20, pytorch: async () => 40 });
    const [ours, peer] = toRows(await run('simd', 'pytorch'), 32);
    expect(log).toEqual([
      ...['start simd 32', 'simd 1', 'simd 2', 'start pytorch 32', 'pytorch 1', 'pytorch 2'],
      ...['simd 3', 'pytorch 3', 'simd 3', 'pytorch 3'],
      ...['stop simd', 'stop pytorch'],
    ]);
    expect(ours).toMatchObject({ backend: 'simd', imagesPerSecond: 1600, timesFirst: 1, notMeasured: null });
    expect(ours?.stepMs).toMatchObject({ median: 20, spread: 0, count: 6 });
    expect(peer).toMatchObject({ backend: 'pytorch', imagesPerSecond: 800, timesFirst: 0.5, loss: 3 });
  });

  it('names what cannot be measured and goes on with the others', async () => {
    const { run } = stage({ simd: async () => 20 });
    const rows = toRows(await run('jax-wasm', 'simd'), 32);
    expect(rows[0]).toMatchObject({ imagesPerSecond: null, stepMs: null, notMeasured: 'no such thing here' });
    expect(rows[1]).toMatchObject({ imagesPerSecond: 1600, notMeasured: null });
    expect(showRows(rows, work)).toContain('not measured: no such thing here');
  });

  it('tries fewer photos where so many take too long, and says so', async () => {
    const { log, run } = stage({ 'jax-wasm': (batch) => (batch > 8 ? never : Promise.resolve(10)) });
    const [row] = toRows(await run('jax-wasm'), 32);
    expect(log.filter((line) => line.startsWith('start'))).toEqual(['start jax-wasm 32', 'start jax-wasm 8']);
    expect(row).toMatchObject({ batch: 8, imagesPerSecond: 800, notMeasured: null });
    expect(row?.smallerBatch).toMatch(/a step of 32 photos took longer/);
  });

  it('leaves out who breaks down in a later round, and keeps what was measured before', async () => {
    let rounds = 0;
    const { log, run } = stage({
      simd: async () => {
        // Two rounds of warm-up, one that counts, one that fails.
        if (++rounds === 4) throw new Error('out of memory');
        return 20;
      },
    });
    const [row] = toRows(await run('simd'), 32);
    expect(row).toMatchObject({ imagesPerSecond: 1600, notMeasured: 'out of memory' });
    expect(row?.stepMs?.count).toBe(3);
    expect(log.filter((line) => line === 'stop simd')).toHaveLength(1);
  });
});
