import { CancelledError } from '../../lib/problem.ts';

/** The person's hand on a run: pause, resume, stop. */
export class RunControl {
  private held: { readonly promise: Promise<void>; readonly release: () => void } | null = null;
  private readonly ending = new AbortController();

  get stopped(): boolean {
    return this.ending.signal.aborted;
  }

  /** Given when the run is to be stopped, for work that has no best so far to keep. */
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

  /** Settles when the run may go on. @throws CancelledError when the signal is given meanwhile */
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
 * Lets messages and other events in. A message to oneself and not a timer: timers are held back to 4 ms when
 * nested, and to a second in hidden tabs.
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
