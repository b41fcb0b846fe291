import type { RecogniserCalls, RecogniserEvent } from '../protocol/recognise.ts';
import type { WorkerLike } from './connect.ts';

/** Starts the worker that tells who is on photos. In a file of its own: an exported page has no other worker. */
export const startRecogniserWorker = (): WorkerLike<RecogniserCalls, RecogniserEvent> =>
  new Worker(new URL('../workers/recogniser.worker.ts', import.meta.url), {
    type: 'module',
    name: 'recogniser',
  });
