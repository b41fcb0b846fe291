import { ProblemError } from '../../../lib/problem.ts';
import type { Heap } from './heap.ts';
import { type Kind, WORD } from './layout.generated.ts';
import type { Kernels } from './module.ts';
import { type ThreadStart, threadAnswer } from './thread-message.ts';

/** About how many multiplications make a piece that a thread takes at once. */
const PIECE = 65_536;
/** Polls of the count of pending threads before waiting: some microseconds. */
const POLLS = 4_000;
/** A launch takes milliseconds; a thread that has not finished one in this time has failed. */
const LOST_AFTER_MS = 60_000;
/** Longest wait before polling again. */
const WAIT_MS = 100;
const START_WITHIN_MS = 10_000;

/** One launch of a kernel. */
export interface Launch {
  readonly kind: Kind;
  /** Work items, as the kernel counts them. */
  readonly total: number;
  /** About how many multiplications an item costs: decides how many items make a piece. */
  readonly cost: number;
  readonly integers: readonly number[];
  readonly floats?: readonly number[];
}

/**
 * The calling thread and its helper threads over one memory. All take pieces of the present launch until none is left;
 * which thread takes which piece does not change the result.
 */
export class ThreadPool {
  readonly heap: Heap;
  private readonly kernels: Kernels;
  private readonly threads: readonly Worker[];
  /** Atomics.wait is not allowed on a page's main thread, where only tests compute. */
  private readonly mayWait = !('document' in globalThis);
  private failure: ProblemError | null = null;

  private readonly lostAfterMs: number;

  private constructor(heap: Heap, kernels: Kernels, threads: readonly Worker[], lostAfterMs: number) {
    this.heap = heap;
    this.kernels = kernels;
    this.threads = threads;
    this.lostAfterMs = lostAfterMs;
    for (const thread of threads) {
      thread.addEventListener('error', ({ message }) => {
        this.failure = threadLost(message || 'an error without a message');
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
      // In this exact form, by which bundlers recognise a worker's script.
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

  /** False once a thread has failed: results in memory may then be incomplete. */
  get intact(): boolean {
    return this.failure === null;
  }

  /** Threads that compute, the calling one included. */
  get size(): number {
    return this.threads.length + 1;
  }

  /** The helper threads, for tests of what happens when one dies. */
  get helpers(): readonly Worker[] {
    return this.threads;
  }

  /**
   * Runs the kernel and returns when it is done.
   *
   * @throws ProblemError when a thread has failed; results in memory can then not be trusted
   */
  launch({ kind, total, cost, integers, floats = [] }: Launch): void {
    if (this.failure) throw this.failure;
    if (total <= 0) return;
    const words = this.heap.i32;
    words[WORD.KIND] = kind;
    words[WORD.TOTAL] = total;
    const grain = Math.max(1, Math.min(Math.ceil(PIECE / Math.max(1, cost)), total));
    words[WORD.GRAIN] = grain;
    words.set(integers, WORD.INTEGERS);
    this.heap.f32.set(floats, WORD.FLOATS);
    words[WORD.NEXT] = 0;
    if (this.threads.length === 0 || grain >= total) {
      this.kernels.run();
      return;
    }
    words[WORD.PENDING] = this.threads.length;
    Atomics.add(words, WORD.GENERATION, 1);
    Atomics.notify(words, WORD.GENERATION);
    this.kernels.run();
    this.settle(words);
  }

  /** Ends the helper threads. */
  close(): void {
    const words = this.heap.i32;
    words[WORD.CLOSING] = 1;
    if (this.threads.length > 0) {
      Atomics.add(words, WORD.GENERATION, 1);
      Atomics.notify(words, WORD.GENERATION);
    }
    for (const thread of this.threads) thread.terminate();
  }

  private fail(why: string): ProblemError {
    this.failure = threadLost(why);
    return this.failure;
  }

  private settle(words: Int32Array): void {
    let waited = 0;
    let last = performance.now();
    while (!this.kernels.settled(WORD.PENDING * 4, POLLS)) {
      const pending = Atomics.load(words, WORD.PENDING);
      if (pending === 0) break;
      if (this.mayWait) Atomics.wait(words, WORD.PENDING, pending, WAIT_MS);
      // Not wall time alone: after a sleep of the machine, or a stopped browser, all threads are still there.
      const now = performance.now();
      waited += Math.min(now - last, 2 * WAIT_MS);
      last = now;
      if (waited > this.lostAfterMs) throw this.fail(`no answer in ${Math.round(waited / 1000)} s`);
    }
    if (words[WORD.FAILED] !== 0) throw this.fail('its kernel failed; the browser console has the error');
  }
}

/** Settles when the thread is ready. */
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
    `A worker thread of the CPU backend crashed (${why}).`,
    'Start the run again. If it happens again, choose a smaller batch, or another backend under "Backend".',
  );
}
