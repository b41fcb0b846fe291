import { CancelledError } from '../../lib/problem.ts';

/** Once a run is stopped, work that makes its result better may go on for this long. */
const GRACE_MS = 1000;

/** Pauses, resumes and stops a run. */
export class RunControl {
  private held: { readonly promise: Promise<void>; readonly release: () => void } | null = null;
  private readonly ending = new AbortController();
  private readonly overdue = new AbortController();
  private totalPausedMs = 0;

  get stopped(): boolean {
    return this.ending.signal.aborted;
  }

  /** Aborted when the run is stopped, for work that has no result yet to keep. */
  get stopSignal(): AbortSignal {
    return this.ending.signal;
  }

  /** Aborted a moment after the run is stopped, for work without which there is a result too, but a poorer one. */
  get overdueSignal(): AbortSignal {
    return this.overdue.signal;
  }

  get paused(): boolean {
    return this.held !== null;
  }

  /** Milliseconds of all pauses that have ended. */
  get pausedMs(): number {
    return this.totalPausedMs;
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
    if (!this.stopped) setTimeout(() => this.overdue.abort(), GRACE_MS);
    this.ending.abort();
    this.resume();
  }

  /**
   * Settles when the run may continue: at once where it is not paused.
   *
   * @param onPause called with true when a pause begins, with false when it ends
   * @throws CancelledError when aborted meanwhile
   */
  async whilePaused(signal: AbortSignal, onPause: (paused: boolean) => void): Promise<void> {
    if (!this.held) return;
    const { promise } = this.held;
    const begin = performance.now();
    onPause(true);
    await new Promise<void>((resolve, reject) => {
      const abort = (): void => reject(new CancelledError());
      if (signal.aborted) abort();
      signal.addEventListener('abort', abort, { once: true });
      void promise.then(() => {
        signal.removeEventListener('abort', abort);
        resolve();
      });
    });
    this.totalPausedMs += performance.now() - begin;
    onPause(false);
  }
}
