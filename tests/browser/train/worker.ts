import { type Connection, connect } from '../../../src/client/connect.ts';
import type { TrainerCalls, TrainerEvent } from '../../../src/protocol/trainer.ts';

/** The real trainer worker behind the real door. */
export function startTrainer(onEvent: (event: TrainerEvent) => void): Connection<TrainerCalls> {
  return connect<TrainerCalls, TrainerEvent>(
    () => new Worker(new URL('../../../src/workers/trainer.worker.ts', import.meta.url), { type: 'module' }),
    onEvent,
    (problem) => console.error(problem.what),
  );
}
