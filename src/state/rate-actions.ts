import { CancelledError, ProblemError, toProblem } from '../lib/problem.ts';
import { dataStore } from './data-store.ts';
import { doors } from './doors.ts';
import { checkDraft } from './draft.ts';
import { isSearching, rateStore } from './rate-store.ts';
import { changeSetting } from './run-actions.ts';
import { isActive, runStore, statusOf } from './run-store.ts';
import { trainingSet } from './training-set.ts';

let abort: AbortController | null = null;

/** Searches with the settings in the fields and the people on the Data screen. Never rejects. */
export async function searchRate(): Promise<void> {
  if (isSearching(rateStore.getState()) || isActive(statusOf(runStore.getState()))) return;
  const mine = new AbortController();
  abort = mine;
  try {
    const { draft } = runStore.getState();
    const checked = checkDraft(draft);
    if (!checked.valid) {
      throw new ProblemError(
        'Some settings are not valid.',
        'Correct the fields marked in red, then search again.',
      );
    }
    const { snapshot } = dataStore.getState();
    const data = trainingSet(snapshot);
    rateStore.setState({ status: 'searching', what: 'Preparing', done: 0, total: 0, points: [] }, true);
    const search = await doors().trainer.call('findRate', { config: checked.config, data }, mine.signal);
    rateStore.setState({ status: 'done', search, draft, snapshot }, true);
  } catch (thrown) {
    if (thrown instanceof CancelledError) closeSearch();
    else rateStore.setState({ status: 'failed', problem: toProblem(thrown) }, true);
  }
}

export const cancelSearch = (): void => abort?.abort();

/** Puts the suggested rate into the fields. */
export function takeSuggestedRate(): void {
  const state = rateStore.getState();
  const rate = state.status === 'done' ? state.search.suggestion.rate : null;
  if (rate !== null) changeSetting('learningRate', rate);
}

export const closeSearch = (): void => rateStore.setState({ status: 'none' }, true);
