import { CancelledError, toProblem } from '../lib/problem.ts';
import { dataStore } from './data-store.ts';
import { doors } from './doors.ts';
import { makeOrder } from './order.ts';
import { isSearching, rateStore } from './rate-store.ts';
import { changeSetting } from './run-actions.ts';
import { isActive, runStore, statusOf } from './run-store.ts';

let abort: AbortController | null = null;

/** Searches with the settings in the fields and the people on the Data screen. Never rejects. */
export async function searchRate(): Promise<void> {
  if (isSearching(rateStore.getState()) || isActive(statusOf(runStore.getState()))) return;
  const mine = new AbortController();
  abort = mine;
  try {
    const { config, data, own } = makeOrder();
    const { draft } = runStore.getState();
    const { snapshot } = dataStore.getState();
    rateStore.setState({ status: 'searching', what: 'Preparing', done: 0, total: 0, points: [] }, true);
    const search = await doors().trainer.call(
      'findRate',
      { config, data, model: own?.file ?? null },
      mine.signal,
    );
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
