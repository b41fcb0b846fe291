import { CancelledError, ProblemError, toProblem } from '../lib/problem.ts';
import type { CallMap, FromWorker, Handlers, ToWorker } from './envelope.ts';

/** The part of a worker's global scope that is needed here. */
export interface WorkerScope<C extends CallMap<C>, E> {
  onmessage: ((message: MessageEvent<ToWorker<C>>) => void) | null;
  postMessage(message: FromWorker<C, E>, transfer?: Transferable[]): void;
}

/**
 * Answers calls in a worker. Every call gets exactly one answer: a result, a problem, or `cancelled`.
 * Returns the function that sends events.
 */
export function serve<C extends CallMap<C>, E>(
  scope: WorkerScope<C, E>,
  handlers: Handlers<C>,
): (event: E) => void {
  const running = new Map<number, AbortController>();

  async function answer<K extends keyof C>(call: {
    readonly id: number;
    readonly name: K;
    readonly args: C[K]['args'];
  }): Promise<void> {
    const abort = new AbortController();
    running.set(call.id, abort);
    try {
      const value = await handlers[call.name](call.args, abort.signal);
      scope.postMessage({ kind: 'result', id: call.id, value });
    } catch (thrown) {
      const problem = thrown instanceof CancelledError ? ('cancelled' as const) : toProblem(thrown);
      if (problem !== 'cancelled' && !(thrown instanceof ProblemError)) console.error(thrown);
      scope.postMessage({ kind: 'failure', id: call.id, problem });
    } finally {
      running.delete(call.id);
    }
  }

  scope.onmessage = ({ data }) => {
    if (data.kind === 'abort') running.get(data.id)?.abort();
    else void answer(data);
  };
  return (event) => scope.postMessage({ kind: 'event', event });
}
