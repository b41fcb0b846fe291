import { createStore } from 'zustand/vanilla';
import type { TrainingConfig } from '../config/training-config.ts';
import type { TrainingSet } from '../domain/faces.ts';
import { ProblemError } from '../lib/problem.ts';
import { trainingSet } from './data/training-set.ts';
import { showThrown } from './problems.ts';
import { runStore } from './run/run-store.ts';
import { makeTrainRequest } from './run/train-request.ts';

export const cropsStore = createStore<{ readonly writing: boolean }>(() => ({ writing: false }));

let ending = new AbortController();

/** Ends the writing; what was asked for does not come then. */
export const cancelCrops = (): void => ending.abort();

/**
 * The aligned faces, as the last run with a result split them, or as a run with the settings in the form would, in a .zip.
 * Null where it was cancelled or failed; problems are shown, not thrown.
 */
export async function writeCrops(): Promise<{ readonly name: string; readonly file: Blob } | null> {
  if (cropsStore.getState().writing) return null;
  ending = new AbortController();
  const { signal } = ending;
  cropsStore.setState({ writing: true });
  try {
    const { data, config } = whatToWrite();
    // Only when it is asked for: the page is usable without it.
    const { cropArchive, cropTable, prepareCrops } = await import('../dataset/crops.ts');
    const crops = prepareCrops(data, config);
    const file = await cropArchive(crops, cropTable(crops), new Date(), signal);
    return { name: 'faces.zip', file };
  } catch (thrown) {
    showThrown(thrown);
    return null;
  } finally {
    cropsStore.setState({ writing: false });
  }
}

function whatToWrite(): { readonly data: TrainingSet; readonly config: TrainingConfig } {
  const { current } = runStore.getState();
  if (current?.report == null) return makeTrainRequest();
  const { rows } = current.data;
  const data = trainingSet({ people: rows, rejected: [] });
  if (data.faces.length === rows.reduce((sum, { faces }) => sum + faces.length, 0)) {
    return { data, config: current.config };
  }
  throw new ProblemError(
    'Some photos of this run are no longer loaded, so its data set cannot be written.',
    'Train again with the photos that are there.',
  );
}
