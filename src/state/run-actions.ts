import { presets } from '../config/presets.ts';
import type { PresetName } from '../config/training-config.ts';
import { ProblemError } from '../lib/problem.ts';
import { dataStore } from './data-store.ts';
import { doors } from './doors.ts';
import { checkDraft, type Json, writePath } from './draft.ts';
import { clearExport } from './export-store.ts';
import { showThrown } from './problems.ts';
import { isSearching, rateStore } from './rate-store.ts';
import { beginRun, finish, isActive, runStore, statusOf, updateRun } from './run-store.ts';
import { trainingSet } from './training-set.ts';

export const choosePreset = (name: PresetName): void => runStore.setState({ draft: presets[name] });

export const changeSetting = (path: string, value: Json): void =>
  runStore.setState(({ draft }) => ({ draft: writePath(draft, path, value) }));

/** Starts a run with the settings in the fields and the people on the Data screen. Never rejects. */
export async function startTraining(): Promise<void> {
  try {
    if (isActive(statusOf(runStore.getState()))) return;
    if (isSearching(rateStore.getState())) {
      throw new ProblemError(
        'A learning rate is being searched for.',
        'Cancel that, or wait until it is done, then start again.',
      );
    }
    const { draft } = runStore.getState();
    const checked = checkDraft(draft);
    if (!checked.valid) {
      throw new ProblemError(
        'Some settings are not valid.',
        'Correct the fields marked in red, then start again.',
      );
    }
    const data = trainingSet(dataStore.getState().snapshot);
    clearExport();
    beginRun(checked.config, { people: data.people.length, photos: data.faces.length });
    const report = await doors().trainer.call('train', { config: checked.config, data, verify: null });
    updateRun((run) => finish(run, report));
  } catch (thrown) {
    updateRun((run) => ({ ...run, status: 'failed', preparing: null, secondsLeft: null }));
    showThrown(thrown);
  }
}

const send = (name: 'pause' | 'resume' | 'stop'): Promise<void> =>
  doors()
    .trainer.call(name, null)
    .then(() => {}, showThrown);

export const pauseTraining = (): Promise<void> => send('pause');
export const resumeTraining = (): Promise<void> => send('resume');
/** Ends the run after the current step; the best so far is kept. */
export const stopTraining = (): Promise<void> => send('stop');

/** Forgets an earlier run. */
export const forgetRun = (id: number): void =>
  runStore.setState(({ earlier }) => ({ earlier: earlier.filter((run) => run.id !== id) }));

/** Puts the settings of a run back into the fields. */
export function reuseSettings(id: number): void {
  const { earlier, current } = runStore.getState();
  const run = [...earlier, ...(current ? [current] : [])].find((candidate) => candidate.id === id);
  if (run) runStore.setState({ draft: run.config });
}
