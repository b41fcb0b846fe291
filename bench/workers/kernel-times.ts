import * as tf from '@tensorflow/tfjs-core';
import type { KernelReport } from '../case.ts';
import { median } from '../statistics.ts';

interface Entry {
  readonly name: string;
  readonly ours: boolean;
  ms: number;
  calls: number;
}

/**
 * Stands in front of every kernel of a backend and takes the time that it uses itself: what a kernel that it calls
 * takes is that one's. Right only for backends that have computed when the kernel returns.
 */
export class KernelTimes {
  private readonly entries = new Map<string, Entry>();
  private readonly watched = new Set<tf.KernelConfig['kernelFunc']>();
  /** For each kernel under way: the time of those that it called. */
  private readonly inner: number[] = [];
  private steps = 0;
  private total = 0;

  /**
   * Watches the kernels that a backend has now. Changed in place, not registered again: the kernels of `simd` hold the
   * published ones by their registered object, and fall back on them.
   */
  watch(backend: string, ours: boolean): void {
    for (const config of tf.getKernelsForBackend(backend)) {
      const { kernelFunc, kernelName } = config;
      if (this.watched.has(kernelFunc)) continue; // taken over from a backend that is watched already
      const key = `${kernelName}/${ours}`;
      const timed: typeof kernelFunc = (call) => {
        this.inner.push(0);
        const start = performance.now();
        try {
          return kernelFunc(call);
        } finally {
          const whole = performance.now() - start;
          const called = this.inner.pop() ?? 0;
          const above = this.inner.length - 1;
          if (above >= 0) this.inner[above] = (this.inner[above] ?? 0) + whole;
          const entry = this.entries.get(key) ?? { name: kernelName, ours, ms: 0, calls: 0 };
          entry.ms += whole - called;
          // A kernel of ours that only hands on to the published one is not a call of its own.
          entry.calls += 1;
          this.entries.set(key, entry);
        }
      };
      this.watched.add(timed);
      config.kernelFunc = timed;
    }
  }

  /** Forgets what was seen so far. */
  reset(): void {
    this.entries.clear();
    this.steps = 0;
    this.total = 0;
  }

  /** A step of the training, kernels and all. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await work();
    this.total += performance.now() - start;
    this.steps += 1;
    return result;
  }

  async report(): Promise<KernelReport> {
    const steps = Math.max(1, this.steps);
    const kernels = [...this.entries.values()]
      .map(({ name, ours, ms, calls }) => ({ name, ours, ms: ms / steps, calls: calls / steps }))
      .sort((a, b) => b.ms - a.ms);
    const stepMs = this.total / steps;
    return { kernels, stepMs, productGflops: await productSpeed() };
  }
}

const EDGE = 1024;
const TIMES = 9;

/** GFLOP/s of the active backend's plain matrix product. */
async function productSpeed(): Promise<number> {
  const [a, b] = [tf.randomUniform([EDGE, EDGE]), tf.randomUniform([EDGE, EDGE])];
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    const start = performance.now();
    const product = tf.matMul(a, b);
    times.push(performance.now() - start);
    product.dispose();
  }
  tf.dispose([a, b]);
  return (2 * EDGE ** 3) / (median(times.slice(1)) * 1e6);
}
