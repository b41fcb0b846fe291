/** The page between the terminal and the worker that computes. */
import { type Connection, connect } from '../src/client/connect.ts';
import { toProblem } from '../src/lib/problem.ts';
import type { Answer, BenchCalls, BenchDoor, Contender } from './case.ts';

declare global {
  interface Window {
    arcfaceBench?: BenchDoor;
  }
}

/** Each in a file of its own, so that what one registers in TensorFlow.js is not there for another. */
function startWorker(contender: Contender): Worker {
  if (contender.startsWith('stock-')) {
    return new Worker(new URL('./workers/stock.worker.ts', import.meta.url), { type: 'module' });
  }
  if (contender.startsWith('jax-')) {
    return new Worker(new URL('./workers/jax.worker.ts', import.meta.url), { type: 'module' });
  }
  return new Worker(new URL('./workers/ours.worker.ts', import.meta.url), { type: 'module' });
}

let connection: Connection<BenchCalls> | null = null;

async function ask<K extends keyof BenchCalls>(
  name: K,
  args: BenchCalls[K]['args'],
): Promise<Answer<BenchCalls[K]['result']>> {
  try {
    if (!connection) throw new Error('Internal error: not started');
    return { ok: true, value: await connection.call(name, args) };
  } catch (thrown) {
    const { what, remedy } = toProblem(thrown);
    return { ok: false, why: `${what} ${remedy}`.trim() };
  }
}

window.arcfaceBench = {
  start: (spec) => {
    connection ??= connect<BenchCalls, never>(
      () => startWorker(spec.contender),
      () => {},
      () => {},
    );
    return ask('start', spec);
  },
  round: (steps, limitMs) => ask('round', { steps, limitMs }),
  kernels: () => ask('kernels', null),
  counts: () => ask('counts', null),
};
