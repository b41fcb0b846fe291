import { createStore } from 'zustand/vanilla';
import { isPretrained } from '../config/backbone.ts';
import type { TrainingConfig } from '../config/training-config.ts';
import type { SampleId } from '../lib/brand.ts';
import { dataStore } from './data/data-store.ts';
import { imageOf } from './data/images.ts';
import { checkForm } from './settings/settings-form.ts';
import { settingsStore } from './settings/settings-store.ts';
import { currentTask, trainerTaskStore } from './trainer-task.ts';
import { connections } from './worker-connections.ts';

/** Faces sent in one call: about a second of work. */
const AT_ONCE = 64;

/** Until the next try, where something else that the trainer does came between. */
export const RETRY_MS = 1000;

/** How many of the faces are ready for a run with the present settings; null where nothing is computed before a run. */
export interface EarlyFeatures {
  readonly ready: number;
  readonly total: number;
}

export const earlyFeaturesStore = createStore<{ readonly progress: EarlyFeatures | null }>(() => ({
  progress: null,
}));

/** Faces whose features the trainer has, by what it computed them with. */
let ready: { readonly source: string; readonly ids: Set<SampleId> } = { source: '', ids: new Set() };
let busy = false;
/** Set after a failure, which a run will report: nothing more is tried with these settings. */
let failed = '';

/** Computes features of imported faces whenever the trainer has nothing else to do. Called once. */
export function startEarlyFeatures(): void {
  const look = (): void => void computeNext();
  dataStore.subscribe((state, before) => {
    if (state.snapshot !== before.snapshot || state.intake.status !== before.intake.status) look();
  });
  settingsStore.subscribe(look);
  trainerTaskStore.subscribe(look);
}

async function computeNext(): Promise<void> {
  if (busy) return;
  const config = frozenConfig();
  if (!config) {
    show(null);
    return;
  }
  const source = `${JSON.stringify(config.backbone)}/${config.backend}`;
  if (ready.source !== source) ready = { source, ids: new Set() };
  const { people } = dataStore.getState().snapshot;
  const all = people.flatMap(({ faces }) => faces.map(({ id }) => id));
  if (all.length === 0) failed = '';
  const missing = all.filter((id) => !ready.ids.has(id));
  show(all.length === 0 ? null : { ready: all.length - missing.length, total: all.length });
  const importing = dataStore.getState().intake.status === 'running';
  if (missing.length === 0 || (importing && missing.length < AT_ONCE)) return;
  if (currentTask() !== 'none' || failed === source) return;
  const next = missing.slice(0, AT_ONCE);
  const faces = next.flatMap((id) => {
    const image = imageOf(id);
    return image ? [{ id, image }] : [];
  });
  busy = true;
  try {
    const computed = await connections().trainer.call('computeFeatures', { config, faces });
    if (computed === null) {
      setTimeout(() => void computeNext(), RETRY_MS);
      return;
    }
    if (computed === faces.length) for (const id of next) ready.ids.add(id);
    else failed = source; // no more fit into memory
  } catch (thrown) {
    console.warn('Features could not be computed before a run.', thrown);
    failed = source;
  } finally {
    busy = false;
  }
  void computeNext();
}

/** The settings, where they are valid and train on features of a pretrained network. */
export function frozenConfig(): TrainingConfig | null {
  const checked = checkForm(settingsStore.getState().form);
  if (!checked.valid) return null;
  const { backbone } = checked.config;
  return isPretrained(backbone) && backbone.trained === 'embedding' ? checked.config : null;
}

function show(progress: EarlyFeatures | null): void {
  const { progress: before } = earlyFeaturesStore.getState();
  if (before?.ready === progress?.ready && before?.total === progress?.total) return;
  earlyFeaturesStore.setState({ progress });
}
