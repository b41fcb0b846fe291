import { describe, expect, it } from 'vitest';
import { connect, type WorkerLike } from '../../src/client/connect.ts';
import { CancelledError, ProblemError } from '../../src/lib/problem.ts';
import type { FromWorker, ToWorker } from '../../src/protocol/envelope.ts';
import { serve, type WorkerScope } from '../../src/protocol/serve.ts';

interface Calls {
  readonly double: { readonly args: number; readonly result: number };
  readonly fail: { readonly args: null; readonly result: null };
  readonly wait: { readonly args: null; readonly result: null };
}

/** A worker on the other end of a message channel, so that messages are really cloned. */
function startPair(): WorkerLike<Calls, string> & { readonly ended: () => boolean } {
  const channel = new MessageChannel();
  let ended = false;
  const scope: WorkerScope<Calls, string> = {
    onmessage: null,
    postMessage: (message, transfer) => channel.port2.postMessage(message, transfer ?? []),
  };
  channel.port2.onmessage = (message: MessageEvent<ToWorker<Calls>>) => scope.onmessage?.(message);
  const send = serve<Calls, string>(scope, {
    double: async (value) => {
      send('doubling');
      return value * 2;
    },
    fail: async () => {
      throw new ProblemError('It broke.', 'Mend it.');
    },
    wait: (_, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new CancelledError()));
      }),
  });
  const worker: WorkerLike<Calls, string> & { readonly ended: () => boolean } = {
    onmessage: null,
    onerror: null,
    onmessageerror: null,
    postMessage: (message) => channel.port1.postMessage(message),
    terminate: () => {
      ended = true;
      channel.port1.close();
    },
    ended: () => ended,
  };
  channel.port1.onmessage = (message: MessageEvent<FromWorker<Calls, string>>) => worker.onmessage?.(message);
  return worker;
}

describe('the worker door', () => {
  it('answers calls, sends events, names problems and ends what is aborted', async () => {
    const events: string[] = [];
    const connection = connect<Calls, string>(
      startPair,
      (event) => events.push(event),
      () => {},
    );
    expect(await connection.call('double', 21)).toBe(42);
    expect(events).toEqual(['doubling']);
    await expect(connection.call('fail', null)).rejects.toMatchObject({
      problem: { what: 'It broke.', remedy: 'Mend it.' },
    });
    const abort = new AbortController();
    const waiting = connection.call('wait', null, abort.signal);
    abort.abort();
    await expect(waiting).rejects.toBeInstanceOf(CancelledError);
  });

  it('settles every promise when the worker dies, says so, and starts anew', async () => {
    const started: ReturnType<typeof startPair>[] = [];
    const deaths: string[] = [];
    const connection = connect<Calls, string>(
      () => {
        const worker = startPair();
        started.push(worker);
        return worker;
      },
      () => {},
      (problem) => deaths.push(problem.what),
    );
    const waiting = connection.call('wait', null);
    started[0]?.onerror?.(new ErrorEvent('error', { message: 'out of memory' }));
    await expect(waiting).rejects.toBeInstanceOf(ProblemError);
    expect(started[0]?.ended()).toBe(true);
    expect(deaths[0]).toContain('out of memory');
    expect(await connection.call('double', 1)).toBe(2);
    expect(started.length).toBe(2);
  });

  it('rejects open calls on close', async () => {
    const connection = connect<Calls, string>(
      startPair,
      () => {},
      () => {},
    );
    const waiting = connection.call('wait', null);
    connection.close();
    await expect(waiting).rejects.toBeInstanceOf(CancelledError);
  });
});
