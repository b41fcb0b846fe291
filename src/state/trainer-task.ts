import { createStore } from 'zustand/vanilla';
import { assert } from '../lib/assert.ts';

/** What the trainer is busy with. It has one backend, so that long tasks exclude each other. */
export type TrainerTask = 'none' | 'training' | 'lr-finder';

export const trainerTaskStore = createStore<{ readonly task: TrainerTask }>(() => ({ task: 'none' }));

export const currentTask = (): TrainerTask => trainerTaskStore.getState().task;

/** Does work that nothing else of the trainer may disturb; the caller makes sure that it is free. */
export async function occupyTrainer<T>(
  task: Exclude<TrainerTask, 'none'>,
  work: () => Promise<T>,
): Promise<T> {
  assert(currentTask() === 'none', `the trainer is busy with another task than ${task}`);
  trainerTaskStore.setState({ task });
  try {
    return await work();
  } finally {
    trainerTaskStore.setState({ task: 'none' });
  }
}
