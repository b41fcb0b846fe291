import { ProblemError } from '../../src/lib/problem.ts';
import { createRandom, type Random } from '../../src/lib/random.ts';
import { serve, type WorkerScope } from '../../src/protocol/serve.ts';
import { type BenchCalls, type Case, CLASSES, type KernelReport, type Started, type Work } from '../case.ts';
import { DeviceCounter } from './device-counter.ts';

/** A contender that has been made ready. */
export interface Running {
  readonly started: Started;
  /** One step, until its loss (or, for inference, its embeddings) can be read: the loss, null for inference. */
  readonly step: () => Promise<number | null>;
  /** Called when the steps that count begin. */
  readonly counted?: () => void;
  readonly kernels?: () => Promise<KernelReport>;
}

/** Random pictures and classes, the same in every contender. */
export interface Pictures {
  /** [batch, size, size, 3], -1...1 */
  readonly values: Float32Array<ArrayBuffer>;
  readonly labels: Int32Array;
  /** [batch, CLASSES] */
  readonly oneHot: Float32Array<ArrayBuffer>;
}

export function randomPictures({ batch, size }: Work, random: Random): Pictures {
  const values: Float32Array<ArrayBuffer> = Float32Array.from({ length: batch * size * size * 3 }, () =>
    random.between(-1, 1),
  );
  const labels = Int32Array.from({ length: batch }, () => random.below(CLASSES));
  const oneHot = new Float32Array(batch * CLASSES);
  labels.forEach((label, row) => {
    oneHot[row * CLASSES + label] = 1;
  });
  return { values, labels, oneHot };
}

/** Steps before the one that is counted: the second is the first that is as all others. */
const WARM_UP = 2;

export const seededRandom = (): Random => createRandom(2026);

/** Answers the page's calls with one contender; the first round is the one that warms up. */
export function serveBench(start: (spec: Case) => Promise<Running>): void {
  let running: Running | null = null;
  let rounds = 0;
  let counter: DeviceCounter | null = null;
  const ready = (): Running => {
    if (running) return running;
    throw new Error('Internal error: not started');
  };
  // In a worker the global scope is what the door needs; its type here is that of a page.
  const scope = globalThis as unknown as WorkerScope<BenchCalls, never>;
  serve<BenchCalls, never>(scope, {
    start: async (spec) => {
      try {
        if (spec.count) counter = countDevices(spec.count === 'dry');
        running = await start(spec);
      } catch (thrown) {
        throw inWords(thrown);
      }
      return running.started;
    },
    round: async ({ steps, limitMs }) => {
      const { step, counted } = ready();
      if (rounds++ === 1) counted?.();
      const stepMs: number[] = [];
      let loss: number | null = null;
      try {
        const begin = performance.now();
        while (stepMs.length < steps) {
          const before = performance.now();
          loss = await step();
          stepMs.push(performance.now() - before);
          if (performance.now() - begin > limitMs) break;
        }
      } catch (thrown) {
        throw inWords(thrown);
      }
      if (loss !== null && !Number.isFinite(loss)) throw new ProblemError(`the loss became ${loss}`, '');
      return { stepMs, loss };
    },
    counts: async () => {
      const { step } = ready();
      if (!counter) throw new Error('Internal error: nothing is counted');
      try {
        for (let i = 0; i < WARM_UP; i++) await step();
        counter.restart();
        await step();
        return counter.report();
      } catch (thrown) {
        throw inWords(thrown);
      }
    },
    kernels: () => {
      const { kernels } = ready();
      if (kernels) return kernels();
      throw new ProblemError(
        'this backend computes while the program goes on: no time belongs to a kernel',
        '',
      );
    },
  });
}

const countDevices = (dry: boolean): DeviceCounter =>
  new DeviceCounter(
    {
      device: GPUDevice.prototype,
      buffer: GPUBuffer.prototype,
      queue: GPUQueue.prototype,
      pass: GPUComputePassEncoder.prototype,
    },
    dry,
  );

/** A library's own words are what the row says; the door would put a sentence for persons around them. */
const inWords = (thrown: unknown): ProblemError =>
  new ProblemError(thrown instanceof Error ? thrown.message : String(thrown), '');
