import { ProblemError } from '../../../lib/problem.ts';
import type { Heap } from './heap.ts';
import {
  CLOSING,
  FAILED,
  FLOATS,
  GENERATION,
  GRAIN,
  INTEGERS,
  KIND,
  type Kind,
  NEXT,
  PENDING,
  TOTAL,
} from './layout.ts';
import type { Kernels } from './module.ts';
import { type ThreadStart, threadAnswer } from './thread-message.ts';

/** Work of about this many multiplications is worth a piece of its own. */
const PIECE = 65_536;
/** Looks at the count of pending threads before going to sleep: some microseconds. */
const LOOKS = 4_000;
/** A piece of work takes milliseconds; a thread that has not ended one in this time is gone. */
const LOST_AFTER_MS = 60_000;
/** Longest sleep before looking again. */
const NAP_MS = 100;
const START_WITHIN_MS = 10_000;

/** What a kernel is asked to do. */
export interface Launch {
  readonly kind: Kind;
  /** Work items, as the kernel counts them. */
  readonly total: number;
  /** About how many multiplications an item costs: decides how many make a piece. */
  readonly cost: number;
  readonly integers: readonly number[];
  readonly floats?: readonly number[];
}

/**
 * The calling thread and its helpers over one memory. All take pieces of the present work until none is left;
 * which thread takes which piece changes nothing in the result.
 */
export class ThreadPool {
  readonly heap: Heap;
  private readonly kernels: Kernels;
  private readonly threads: readonly Worker[];
  /** Sleeping is forbidden on a page's own thread, where only tests compute. */
  private readonly mayWait = !('document' in globalThis);
  private broken: ProblemError | null = null;

  private readonly lostAfterMs: number;

  private constructor(heap: Heap, kernels: Kernels, threads: readonly Worker[], lostAfterMs: number) {
    this.heap = heap;
    this.kernels = kernels;
    this.threads = threads;
    this.lostAfterMs = lostAfterMs;
    for (const thread of threads) {
      thread.addEventListener('error', ({ message }) => {
        this.broken = threadLost(message || 'an error without words');
      });
    }
  }

  /** @param helpers threads beside the calling one; more than 0 only over shared memory */
  static async start(
    heap: Heap,
    module: WebAssembly.Module,
    kernels: Kernels,
    helpers: number,
    lostAfterMs = LOST_AFTER_MS,
  ): Promise<ThreadPool> {
    const threads = Array.from(
      { length: helpers },
      // In this very form, or the build does not see that it is a worker's script.
      () => new Worker(new URL('./thread.worker.ts', import.meta.url), { type: 'module' }),
    );
    try {
      await Promise.all(threads.map((thread) => ready(thread, { module, memory: heap.memory })));
    } catch (thrown) {
      for (const thread of threads) thread.terminate();
      throw thrown;
    }
    return new ThreadPool(heap, kernels, threads, lostAfterMs);
  }

  /** False once a thread is gone: what is in the memory may then be half done. */
  get intact(): boolean {
    return this.broken === null;
  }

  /** Threads that compute, the calling one included. */
  get size(): number {
    return this.threads.length + 1;
  }

  /** The helpers, for tests of what happens when one dies. */
  get helpers(): readonly Worker[] {
    return this.threads;
  }

  /**
   * Does the work and returns when it is done.
   *
   * @throws ProblemError when a thread is gone; the memory is then no longer to be trusted
   */
  launch({ kind, total, cost, integers, floats = [] }: Launch): void {
    if (this.broken) throw this.broken;
    if (total <= 0) return;
    const words = this.heap.i32;
    words[KIND] = kind;
    words[TOTAL] = total;
    const grain = Math.max(1, Math.min(Math.ceil(PIECE / Math.max(1, cost)), total));
    words[GRAIN] = grain;
    words.set(integers, INTEGERS);
    this.heap.f32.set(floats, FLOATS);
    words[NEXT] = 0;
    if (this.threads.length === 0 || grain >= total) {
      this.kernels.run();
      return;
    }
    words[PENDING] = this.threads.length;
    Atomics.add(words, GENERATION, 1);
    Atomics.notify(words, GENERATION);
    this.kernels.run();
    this.settle(words);
  }

  /** Ends the helpers. */
  close(): void {
    const words = this.heap.i32;
    words[CLOSING] = 1;
    if (this.threads.length > 0) {
      Atomics.add(words, GENERATION, 1);
      Atomics.notify(words, GENERATION);
    }
    for (const thread of this.threads) thread.terminate();
  }

  private fail(why: string): ProblemError {
    this.broken = threadLost(why);
    return this.broken;
  }

  private settle(words: Int32Array): void {
    let waited = 0;
    let last = performance.now();
    while (!this.kernels.settled(PENDING * 4, LOOKS)) {
      const pending = Atomics.load(words, PENDING);
      if (pending === 0) break;
      if (this.mayWait) Atomics.wait(words, PENDING, pending, NAP_MS);
      // Not the clock alone: a machine that was asleep, or a browser that was stopped, wakes with all its threads.
      const now = performance.now();
      waited += Math.min(now - last, 2 * NAP_MS);
      last = now;
      if (waited > this.lostAfterMs) throw this.fail(`no answer in ${Math.round(waited / 1000)} s`);
    }
    if (words[FAILED] !== 0) throw this.fail('its work failed; the browser console has the error');
  }
}

/** Settles when the thread waits for work. */
function ready(thread: Worker, start: ThreadStart): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (what: string): void => reject(new Error(`a thread did not start (${what})`));
    const timer = setTimeout(() => failed('it did not answer'), START_WITHIN_MS);
    thread.addEventListener('error', (event) => failed(event.message || 'its script could not be loaded'), {
      once: true,
    });
    thread.addEventListener(
      'message',
      ({ data }: MessageEvent<unknown>) => {
        clearTimeout(timer);
        if (data === threadAnswer) resolve();
        else failed(String(data));
      },
      { once: true },
    );
    thread.postMessage(start);
  });
}

function threadLost(why: string): ProblemError {
  return new ProblemError(
    `One of the threads that compute broke off (${why}).`,
    'Start the run again. If it happens again, choose a smaller batch, or another backend under "Computed by".',
  );
}
