import { type Connection, connect, type WorkerLike } from '../client/connect.ts';
import { assert } from '../lib/assert.ts';
import type { IngestCalls, IngestEvent } from '../protocol/ingest.ts';
import type { TrainerCalls, TrainerEvent } from '../protocol/trainer.ts';
import { onIngestEvent, onTrainerEvent } from './on-event.ts';
import { showProblem } from './problems.ts';

/** How the two workers are started; tests give ends of message channels. */
export interface WorkerStarts {
  readonly ingest: () => WorkerLike<IngestCalls, IngestEvent>;
  readonly trainer: () => WorkerLike<TrainerCalls, TrainerEvent>;
}

interface Connections {
  readonly ingest: Connection<IngestCalls>;
  readonly trainer: Connection<TrainerCalls>;
}

let opened: Connections | null = null;

/** Called once, before the page is shown. A worker starts with the first call to it. */
export function openConnections(start: WorkerStarts): void {
  opened?.ingest.close();
  opened?.trainer.close();
  opened = {
    // A broken worker fails the call that was open, and that is where the person is told.
    ingest: connect(start.ingest, onIngestEvent, reportIdleDeath),
    trainer: connect(start.trainer, onTrainerEvent, reportIdleDeath),
  };
}

const reportIdleDeath = showProblem;

export function connections(): Connections {
  assert(opened !== null, 'the doors to the workers are not open');
  return opened;
}
