import { CancelledError, ProblemError } from '../../lib/problem.ts';
import { dataStore } from '../data/data-store.ts';
import { showThrown } from '../problems.ts';
import { customModelStore } from '../settings/custom-model-store.ts';
import { changeSetting, choosePreset } from '../settings/settings-actions.ts';
import { readPath } from '../settings/settings-form.ts';
import { settingsStore } from '../settings/settings-store.ts';
import { currentTask, occupyTrainer } from '../trainer-task.ts';
import { connections } from '../worker-connections.ts';
import { rememberSpeed } from './device-speed.ts';
import { clearExport } from './export/export-store.ts';
import type { Recommendation } from './recommendation.ts';
import { runDataOf } from './run-data.ts';
import { beginRun, endRun, finish, type PendingRequest, runStore, updateRun } from './run-store.ts';
import { makeTrainRequest } from './train-request.ts';

/** Writes a recommendation into the form; the backend and a custom model stay as chosen. */
export function applyRecommendation({ preset, changes }: Recommendation): void {
  const backend = readPath(settingsStore.getState().form, 'backend');
  choosePreset(preset);
  if (backend !== undefined) changeSetting('backend', backend);
  for (const { path, value } of changes) changeSetting(path, value);
}

/** Starts a run with the settings in the form and the people on the Data screen. Never rejects. */
export async function startTraining(): Promise<void> {
  const pressed = performance.now();
  try {
    if (currentTask() === 'training') return;
    if (currentTask() === 'lr-finder') {
      throw new ProblemError(
        'Training cannot start during the search for a learning rate.',
        'Cancel the search, or wait until it is done, then start again.',
      );
    }
    const { config, data, customModel } = makeTrainRequest();
    clearExport();
    const model = customModel?.file ?? null;
    await occupyTrainer('training', async () => {
      beginRun(config, runDataOf(dataStore.getState().snapshot), customModel, pressed);
      const report = await connections().trainer.call('train', { config, data, verify: null, model });
      updateRun((run) => finish(run, report));
    });
    rememberSpeed(runStore.getState().current);
  } catch (thrown) {
    // Stopped before there was anything to keep.
    const stopped = thrown instanceof CancelledError;
    updateRun((run) => endRun(run, stopped ? 'stopped' : 'failed'));
    showThrown(thrown);
  }
}

/** Sends a wish whose fulfilment takes until the end of a step or an evaluation; the page shows it at once. */
async function ask(name: 'pause' | 'stop', pending: PendingRequest): Promise<void> {
  updateRun((run) => ({ ...run, pending }));
  try {
    await connections().trainer.call(name, null);
  } catch (thrown) {
    updateRun((run) => ({ ...run, pending: null }));
    showThrown(thrown);
  }
}

export const pauseTraining = (): Promise<void> => ask('pause', 'pausing');
export const resumeTraining = (): Promise<void> =>
  connections()
    .trainer.call('resume', null)
    .then(() => {}, showThrown);
/** Ends the run after the current step; the best epoch is kept. */
export const stopTraining = (): Promise<void> => ask('stop', 'stopping');

export const deleteRun = (id: number): void =>
  runStore.setState(({ earlier }) => ({ earlier: earlier.filter((run) => run.id !== id) }));

/** Writes the settings of a run back into the form, and its custom model where it had one. */
export function reuseSettings(id: number): void {
  const { earlier, current } = runStore.getState();
  const run = [...earlier, ...(current ? [current] : [])].find((candidate) => candidate.id === id);
  if (!run) return;
  if (run.customModel) customModelStore.setState({ network: run.customModel, problem: null });
  settingsStore.setState({ form: run.config });
}
