import { CancelledError, type Problem, ProblemError } from '../lib/problem.ts';
import type { CallMap, FromWorker, ToWorker } from '../protocol/envelope.ts';

/** The part of `Worker` that is needed here; tests give a pair of message ports. */
export interface WorkerLike<C extends CallMap<C>, E> {
  onmessage: ((message: MessageEvent<FromWorker<C, E>>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  postMessage(message: ToWorker<C>, transfer?: Transferable[]): void;
  terminate(): void;
}

export interface Connection<C extends CallMap<C>> {
  /**
   * Sends a call. The promise always settles: also when the worker dies or the signal aborts.
   *
   * @param transfer what is in the arguments and is handed over instead of copied
   */
  call<K extends keyof C>(
    name: K,
    args: C[K]['args'],
    signal?: AbortSignal,
    transfer?: Transferable[],
  ): Promise<C[K]['result']>;
  /** Ends the worker; open calls reject with {@link CancelledError}. The next call starts a fresh one. */
  close(): void;
}

interface Pending<C extends CallMap<C>> {
  settle(value: C[keyof C]['result']): void;
  fail(error: Error): void;
}

/**
 * A typed proxy to a worker that is started by the first call and started anew after it died.
 *
 * @param died is told when the worker broke down by itself (out of memory, script error).
 */
export function connect<C extends CallMap<C>, E>(
  start: () => WorkerLike<C, E>,
  onEvent: (event: E) => void,
  died: (problem: Problem) => void,
): Connection<C> {
  let worker: WorkerLike<C, E> | null = null;
  let nextId = 1;
  const pending = new Map<number, Pending<C>>();

  function end(error: Error): void {
    worker?.terminate();
    worker = null;
    const open = [...pending.values()];
    pending.clear();
    for (const call of open) call.fail(error);
  }

  function breakDown(detail: string): void {
    const error = new ProblemError(
      `The background worker stopped unexpectedly${detail ? ` (${detail})` : ''}.`,
      'What was loaded is still here. Start again; with very large data, close other tabs first.',
    );
    end(error);
    died(error.problem);
  }

  function ensure(): WorkerLike<C, E> {
    if (worker) return worker;
    const fresh = start();
    fresh.onmessage = ({ data }) => {
      if (data.kind === 'event') {
        onEvent(data.event);
        return;
      }
      const call = pending.get(data.id);
      pending.delete(data.id);
      if (data.kind === 'result') call?.settle(data.value);
      else if (data.problem === 'cancelled') call?.fail(new CancelledError());
      else call?.fail(new ProblemError(data.problem.what, data.problem.remedy));
    };
    fresh.onerror = (event) => {
      event.preventDefault();
      breakDown(event.message);
    };
    fresh.onmessageerror = () => breakDown('a message could not be read');
    worker = fresh;
    return fresh;
  }

  return {
    call(name, args, signal, transfer = []) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(new CancelledError());
          return;
        }
        const id = nextId++;
        const target = ensure();
        const abort = (): void => target.postMessage({ kind: 'abort', id });
        signal?.addEventListener('abort', abort, { once: true });
        const done = (): void => signal?.removeEventListener('abort', abort);
        pending.set(id, {
          settle: (value) => {
            done();
            resolve(value);
          },
          fail: (error) => {
            done();
            reject(error);
          },
        });
        try {
          target.postMessage({ kind: 'call', id, name, args }, transfer);
        } catch (thrown) {
          pending.delete(id);
          done();
          reject(thrown instanceof Error ? thrown : new Error(String(thrown)));
        }
      });
    },
    close: () => end(new CancelledError()),
  };
}
