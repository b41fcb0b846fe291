import { CancelledError, toProblem } from '../../lib/problem.ts';
import { dataStore } from '../data/data-store.ts';
import { changeSetting } from '../settings/settings-actions.ts';
import { settingsStore } from '../settings/settings-store.ts';
import { currentTask, occupyTrainer } from '../trainer-task.ts';
import { connections } from '../worker-connections.ts';
import { lrFinderStore } from './lr-finder-store.ts';
import { makeTrainRequest } from './train-request.ts';

let abort: AbortController | null = null;

/** Runs an LR range test with the settings in the form and the people on the Data screen. Never rejects. */
export async function startLrFinder(): Promise<void> {
  if (currentTask() !== 'none') return;
  abort = new AbortController();
  const { signal } = abort;
  try {
    const { config, data, customModel } = makeTrainRequest();
    const model = customModel?.file ?? null;
    const { form } = settingsStore.getState();
    const { snapshot } = dataStore.getState();
    await occupyTrainer('lr-finder', async () => {
      lrFinderStore.setState({ status: 'searching', what: 'Preparing', done: 0, total: 0, points: [] }, true);
      const search = await connections().trainer.call('findLearningRate', { config, data, model }, signal);
      lrFinderStore.setState({ status: 'done', search, form, snapshot }, true);
    });
  } catch (thrown) {
    if (thrown instanceof CancelledError) closeLrFinder();
    else lrFinderStore.setState({ status: 'failed', problem: toProblem(thrown) }, true);
  }
}

export const cancelLrFinder = (): void => abort?.abort();

/** Writes the suggested learning rate into the form. */
export function applySuggestedRate(): void {
  const state = lrFinderStore.getState();
  const rate = state.status === 'done' ? state.search.suggestion.rate : null;
  if (rate !== null) changeSetting('learningRate', rate);
}

export const closeLrFinder = (): void => lrFinderStore.setState({ status: 'none' }, true);
