import { CancelledError } from '../../lib/problem.ts';

/** Pauses, resumes and stops a run. */
export class RunControl {
  private held: { readonly promise: Promise<void>; readonly release: () => void } | null = null;
  private readonly ending = new AbortController();

  get stopped(): boolean {
    return this.ending.signal.aborted;
  }

  /** Aborted when the run is stopped, for work that has no result yet to keep. */
  get stopSignal(): AbortSignal {
    return this.ending.signal;
  }

  get paused(): boolean {
    return this.held !== null;
  }

  pause(): void {
    if (this.held || this.stopped) return;
    let release = (): void => {};
    const promise = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.held = { promise, release };
  }

  resume(): void {
    this.held?.release();
    this.held = null;
  }

  /** Also ends a pause. */
  stop(): void {
    this.ending.abort();
    this.resume();
  }

  /** Settles when the run may continue. @throws CancelledError when aborted meanwhile */
  async whilePaused(signal: AbortSignal): Promise<void> {
    if (!this.held) return;
    const { promise } = this.held;
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => reject(new CancelledError());
      signal.addEventListener('abort', abort, { once: true });
      void promise.then(() => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
    });
  }
}

/**
 * Yields to the event loop, so that messages are handled. By a message channel and not a timer: nested timers wait at
 * least 4 ms, and a second in hidden tabs.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
