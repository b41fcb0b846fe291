import { type Connection, connect, type WorkerLike } from '../client/connect.ts';
import { assert } from '../lib/assert.ts';
import type { IngestCalls, IngestEvent } from '../protocol/ingest.ts';
import type { RecogniserCalls, RecogniserEvent } from '../protocol/recognise.ts';
import type { TrainerCalls, TrainerEvent } from '../protocol/trainer.ts';
import { showProblem } from './problems.ts';

/** How the workers are started; tests give ends of message channels. */
export interface WorkerStarts {
  readonly ingest: () => WorkerLike<IngestCalls, IngestEvent>;
  readonly trainer: () => WorkerLike<TrainerCalls, TrainerEvent>;
  readonly recogniser: () => WorkerLike<RecogniserCalls, RecogniserEvent>;
}

/** What takes the events of the workers. */
export interface EventHandlers {
  readonly ingest: (event: IngestEvent) => void;
  readonly trainer: (event: TrainerEvent) => void;
  readonly recogniser: (event: RecogniserEvent) => void;
  /** The recogniser broke down by itself: the model and the gallery that it held are gone. */
  readonly recogniserDied: () => void;
}

interface Connections {
  readonly ingest: Connection<IngestCalls>;
  readonly trainer: Connection<TrainerCalls>;
  readonly recogniser: Connection<RecogniserCalls>;
}

let opened: Connections | null = null;

/** Called once, before the page is shown. A worker starts with the first call to it. */
export function openConnections(starts: WorkerStarts, handlers: EventHandlers): void {
  opened?.ingest.close();
  opened?.trainer.close();
  opened?.recogniser.close();
  opened = {
    // A worker that dies also fails its open calls; the same problem is shown only once.
    ingest: connect(starts.ingest, handlers.ingest, showProblem),
    trainer: connect(starts.trainer, handlers.trainer, showProblem),
    recogniser: connect(starts.recogniser, handlers.recogniser, (problem) => {
      handlers.recogniserDied();
      showProblem(problem);
    }),
  };
}

export function connections(): Connections {
  assert(opened !== null, 'the connections to the workers are not open');
  return opened;
}
