import type { IngestCalls, IngestEvent } from '../protocol/ingest.ts';
import type { TrainerCalls, TrainerEvent } from '../protocol/trainer.ts';
import type { WorkerLike } from './connect.ts';

/** Starts the worker that turns files into aligned faces. */
export const startIngestWorker = (): WorkerLike<IngestCalls, IngestEvent> =>
  new Worker(new URL('../workers/ingest.worker.ts', import.meta.url), { type: 'module', name: 'ingest' });

/** Starts the worker that trains. */
export const startTrainerWorker = (): WorkerLike<TrainerCalls, TrainerEvent> =>
  new Worker(new URL('../workers/trainer.worker.ts', import.meta.url), { type: 'module', name: 'trainer' });
