import { CancelledError, toProblem } from '../../lib/problem.ts';
import { dataStore } from '../data/data-store.ts';
import { connections } from '../worker-connections.ts';
import { isFindingRate, lrFinderStore } from './lr-finder-store.ts';
import { changeSetting } from './run-actions.ts';
import { isActive, runStore, statusOf } from './run-store.ts';
import { makeTrainRequest } from './train-request.ts';

let abort: AbortController | null = null;

/** Searches with the settings in the fields and the people on the Data screen. Never rejects. */
export async function startLrFinder(): Promise<void> {
  if (isFindingRate(lrFinderStore.getState()) || isActive(statusOf(runStore.getState()))) return;
  const mine = new AbortController();
  abort = mine;
  try {
    const { config, data, own } = makeTrainRequest();
    const { form: draft } = runStore.getState();
    const { snapshot } = dataStore.getState();
    lrFinderStore.setState({ status: 'searching', what: 'Preparing', done: 0, total: 0, points: [] }, true);
    const search = await connections().trainer.call(
      'findLearningRate',
      { config, data, model: own?.file ?? null },
      mine.signal,
    );
    lrFinderStore.setState({ status: 'done', search, draft, snapshot }, true);
  } catch (thrown) {
    if (thrown instanceof CancelledError) closeLrFinder();
    else lrFinderStore.setState({ status: 'failed', problem: toProblem(thrown) }, true);
  }
}

export const cancelLrFinder = (): void => abort?.abort();

/** Puts the suggested rate into the fields. */
export function applySuggestedRate(): void {
  const state = lrFinderStore.getState();
  const rate = state.status === 'done' ? state.search.suggestion.rate : null;
  if (rate !== null) changeSetting('learningRate', rate);
}

export const closeLrFinder = (): void => lrFinderStore.setState({ status: 'none' }, true);
