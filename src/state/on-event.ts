import { unreachable } from '../lib/unreachable.ts';
import type { IngestEvent } from '../protocol/ingest.ts';
import type { TrainerEvent } from '../protocol/trainer.ts';
import { addNote, addToDrop, dataStore } from './data/data-store.ts';
import { keepImage } from './data/images.ts';
import { addResults, alternativeId } from './data/people.ts';
import { updateMeasuring } from './run/export/precision-store.ts';
import { updateLrFinder } from './run/lr-finder-store.ts';
import { addEpochs, addSteps, changeStatus, rollBack, updateRun } from './run/run-store.ts';
import { onRecogniserDeath, onRecogniserEvent } from './use/recogniser-store.ts';
import type { EventHandlers } from './worker-connections.ts';

/** Events of the ingest worker go into the data store, images into the image map. */
function onIngestEvent(event: IngestEvent): void {
  switch (event.kind) {
    case 'progress': {
      const { intake } = dataStore.getState();
      if (intake.status !== 'running') return;
      const { done, total, photosPerSecond, secondsLeft } = event;
      dataStore.setState({ intake: { ...intake, done, total, photosPerSecond, secondsLeft } });
      return;
    }
    case 'results': {
      for (const { id, image } of event.faces) keepImage(id, image);
      for (const { id, alternatives } of event.rejected) {
        for (const [index, { image }] of alternatives.entries()) keepImage(alternativeId(id, index), image);
      }
      addToDrop((snapshot) => addResults(snapshot, event.faces, event.rejected));
      return;
    }
    case 'note':
      addNote(event.text);
      return;
    default:
      unreachable(event);
  }
}

/** Events of the trainer go into the current run; those of a run that has ended change nothing. */
export function onTrainerEvent(event: TrainerEvent): void {
  switch (event.kind) {
    case 'status':
      updateRun((run) => changeStatus(run, event));
      return;
    case 'backend':
      updateRun((run) => ({ ...run, backend: event.report }));
      return;
    case 'split':
      updateRun((run) => ({ ...run, split: event.report, scale: event.scale }));
      return;
    case 'preparing':
      updateRun((run) => ({ ...run, preparing: { what: event.what, done: event.done, total: event.total } }));
      return;
    case 'measuring':
      updateMeasuring(event.done, event.total);
      return;
    case 'steps':
      updateRun((run) => addSteps(run, event));
      return;
    case 'lr-finder':
      updateLrFinder(event);
      return;
    case 'rolled-back':
      updateRun((run) => rollBack(run, event));
      return;
    case 'epochs':
      updateRun((run) => addEpochs(run, event));
      return;
    default:
      unreachable(event);
  }
}

/** The top of the state: every event of the workers, and the store that it changes. */
export const eventHandlers: EventHandlers = {
  ingest: onIngestEvent,
  trainer: onTrainerEvent,
  recogniser: onRecogniserEvent,
  recogniserDied: onRecogniserDeath,
};
