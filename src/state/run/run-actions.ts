import { backboneSchema } from '../../config/backbone.ts';
import { presets } from '../../config/presets.ts';
import { networkChoice } from '../../config/settings/index.ts';
import type { PresetName } from '../../config/training-config.ts';
import {
  guessedSettings,
  settingsForPreset,
  unsuitableSettings,
} from '../../domain/custom-model-settings.ts';
import { ProblemError } from '../../lib/problem.ts';
import { showThrown } from '../problems.ts';
import { cancelCustomModel } from '../settings/custom-model-actions.ts';
import { customModelStore } from '../settings/custom-model-store.ts';
import { type Json, presetOf, readPath, writePath } from '../settings/settings-form.ts';
import { connections } from '../worker-connections.ts';
import { clearExport } from './export-store.ts';
import { isFindingRate, lrFinderStore } from './lr-finder-store.ts';
import type { Recommendation } from './recommendation.ts';
import { beginRun, finish, isActive, runStore, statusOf, updateRun } from './run-store.ts';
import { makeTrainRequest } from './train-request.ts';

/** All settings as the preset has them; an own network stays, with what was answered about it. */
export function choosePreset(name: PresetName): void {
  const { form: draft } = runStore.getState();
  const fresh: Json = presets[name];
  const given = readPath(draft, 'backbone') ?? null;
  runStore.setState({
    form: readPath(given, 'kind') === 'own' ? writePath(fresh, 'backbone', ownFor(name, given)) : fresh,
  });
}

export function changeSetting(path: string, value: Json): void {
  const { form: draft } = runStore.getState();
  const { network } = customModelStore.getState();
  const toOwn = path === 'backbone' && readPath(value, 'kind') === 'own';
  if (path === 'backbone' && !toOwn) cancelCustomModel();
  const chosen = toOwn && network ? guessedSettings(network.findings, presetOf(draft)) : value;
  const next = writePath(draft, path, chosen);
  runStore.setState({ form: path === 'backbone' ? withItsRate(draft, next) : next });
}

/** A network brings its learning rate, unless another one was set by hand. */
function withItsRate(before: Json, after: Json): Json {
  const byHand = readPath(before, 'learningRate') !== rateFor(before);
  return byHand ? after : writePath(after, 'learningRate', rateFor(after));
}

/** The learning rate for the network of a draft, where nobody sets it. */
function rateFor(draft: Json): number {
  const preset = presetOf(draft);
  const kind = readPath(draft, 'backbone.kind');
  const choices = networkChoice.kind === 'variant' ? networkChoice.choices : [];
  const chosen = choices.find(
    ({ value, presets: only }) => value.kind === kind && (!only || only.includes(preset)),
  );
  return chosen?.learningRate ?? presets[preset].learningRate;
}

/** The settings of the own network for another preset: what was answered, where it is valid; else the guesses. */
function ownFor(preset: PresetName, answered: Json): Json {
  const { network } = customModelStore.getState();
  if (!network) return answered;
  const parsed = backboneSchema.safeParse(answered);
  const { findings } = network;
  if (!parsed.success || parsed.data.kind !== 'own') return guessedSettings(findings, preset);
  const moved = settingsForPreset(parsed.data, findings, preset);
  return unsuitableSettings(moved, findings, preset).length === 0 ? moved : guessedSettings(findings, preset);
}

/** Puts the recipe and the settings of an advice into the fields; what computes, and an own network, stay as chosen. */
export function applyRecommendation({ preset, changes }: Recommendation): void {
  const backend = readPath(runStore.getState().form, 'backend');
  choosePreset(preset);
  if (backend !== undefined) changeSetting('backend', backend);
  for (const { path, value } of changes) changeSetting(path, value);
}

/** Starts a run with the settings in the fields and the people on the Data screen. Never rejects. */
export async function startTraining(): Promise<void> {
  try {
    if (isActive(statusOf(runStore.getState()))) return;
    if (isFindingRate(lrFinderStore.getState())) {
      throw new ProblemError(
        'A learning rate is being searched for.',
        'Cancel that, or wait until it is done, then start again.',
      );
    }
    const { config, data, own } = makeTrainRequest();
    clearExport();
    beginRun(config, { people: data.people.length, photos: data.faces.length }, own);
    const model = own?.file ?? null;
    const report = await connections().trainer.call('train', { config, data, verify: null, model });
    updateRun((run) => finish(run, report));
  } catch (thrown) {
    updateRun((run) => ({ ...run, status: 'failed', preparing: null, secondsLeft: null }));
    showThrown(thrown);
  }
}

const send = (name: 'pause' | 'resume' | 'stop'): Promise<void> =>
  connections()
    .trainer.call(name, null)
    .then(() => {}, showThrown);

export const pauseTraining = (): Promise<void> => send('pause');
export const resumeTraining = (): Promise<void> => send('resume');
/** Ends the run after the current step; the best so far is kept. */
export const stopTraining = (): Promise<void> => send('stop');

/** Forgets an earlier run. */
export const deleteRun = (id: number): void =>
  runStore.setState(({ earlier }) => ({ earlier: earlier.filter((run) => run.id !== id) }));

/** Puts the settings of a run back into the fields, and its network where it was the person's own. */
export function reuseSettings(id: number): void {
  const { earlier, current } = runStore.getState();
  const run = [...earlier, ...(current ? [current] : [])].find((candidate) => candidate.id === id);
  if (!run) return;
  if (run.own) customModelStore.setState({ network: run.own, problem: null });
  runStore.setState({ form: run.config });
}
