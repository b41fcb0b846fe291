import { backboneSchema } from '../config/backbone.ts';
import { presets } from '../config/presets.ts';
import { networkChoice } from '../config/settings/index.ts';
import type { PresetName } from '../config/training-config.ts';
import { ProblemError } from '../lib/problem.ts';
import { guessedBackbone, movedTo, unfit } from '../protocol/own-backbone.ts';
import { dataStore } from './data-store.ts';
import { doors } from './doors.ts';
import { checkDraft, type Json, presetOf, readPath, writePath } from './draft.ts';
import { clearExport } from './export-store.ts';
import { cancelNetwork } from './own-actions.ts';
import { ownStore } from './own-store.ts';
import { showThrown } from './problems.ts';
import { beginRun, finish, isActive, runStore, statusOf, updateRun } from './run-store.ts';
import { trainingSet } from './training-set.ts';

/** All settings as the preset has them; an own network stays, with what was answered about it. */
export function choosePreset(name: PresetName): void {
  const { draft } = runStore.getState();
  const fresh: Json = presets[name];
  const given = readPath(draft, 'backbone') ?? null;
  runStore.setState({
    draft: readPath(given, 'kind') === 'own' ? writePath(fresh, 'backbone', ownFor(name, given)) : fresh,
  });
}

export function changeSetting(path: string, value: Json): void {
  const { draft } = runStore.getState();
  const { network } = ownStore.getState();
  const toOwn = path === 'backbone' && readPath(value, 'kind') === 'own';
  if (path === 'backbone' && !toOwn) cancelNetwork();
  const chosen = toOwn && network ? guessedBackbone(network.findings, presetOf(draft)) : value;
  const next = writePath(draft, path, chosen);
  runStore.setState({ draft: path === 'backbone' ? withItsRate(draft, next) : next });
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
  const { network } = ownStore.getState();
  if (!network) return answered;
  const parsed = backboneSchema.safeParse(answered);
  const { findings } = network;
  if (!parsed.success || parsed.data.kind !== 'own') return guessedBackbone(findings, preset);
  const moved = movedTo(parsed.data, findings, preset);
  return unfit(moved, findings, preset).length === 0 ? moved : guessedBackbone(findings, preset);
}

/** Starts a run with the settings in the fields and the people on the Data screen. Never rejects. */
export async function startTraining(): Promise<void> {
  try {
    if (isActive(statusOf(runStore.getState()))) return;
    const { draft } = runStore.getState();
    const { network } = ownStore.getState();
    const checked = checkDraft(draft, network?.findings ?? null);
    if (!checked.valid) {
      throw new ProblemError(
        'Some settings are not valid.',
        'Correct the fields marked in red, then start again.',
      );
    }
    const data = trainingSet(dataStore.getState().snapshot);
    clearExport();
    const { config } = checked;
    const own = config.backbone.kind === 'own' ? network : null;
    beginRun(config, { people: data.people.length, photos: data.faces.length }, own);
    const model = own?.file ?? null;
    const report = await doors().trainer.call('train', { config, data, verify: null, model });
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

/** Puts the settings of a run back into the fields, and its network where it was the person's own. */
export function reuseSettings(id: number): void {
  const { earlier, current } = runStore.getState();
  const run = [...earlier, ...(current ? [current] : [])].find((candidate) => candidate.id === id);
  if (!run) return;
  if (run.own) ownStore.setState({ network: run.own, problem: null });
  runStore.setState({ draft: run.config });
}
