import { sourcesOfInput, takeDrop, walkDrop } from '../../client/dropped.ts';
import { presets } from '../../config/presets.ts';
import { guessedSettings } from '../../domain/custom-model/settings.ts';
import type { SourceFile } from '../../domain/faces.ts';
import { CancelledError, type Problem, toProblem } from '../../lib/problem.ts';
import { currentTask, type TrainerTask } from '../trainer-task.ts';
import { connections } from '../worker-connections.ts';
import { customModelStore, type LoadedCustomModel } from './custom-model-store.ts';
import { presetOf } from './settings-form.ts';
import { settingsStore, writeForm } from './settings-store.ts';

/** Inspecting a model would take the backend away from the task that uses it. */
const BUSY: Readonly<Record<TrainerTask, Problem | null>> = {
  none: null,
  training: {
    what: 'A model cannot be read while a run is in progress.',
    remedy: 'Stop the run first, or wait until it is done.',
  },
  'lr-finder': {
    what: 'A model cannot be read during the search for a learning rate.',
    remedy: 'Cancel the search first, or wait until it is done.',
  },
};

let abort: AbortController | null = null;

/**
 * Takes files as a custom model: packs them, has them inspected, and writes the guessed settings into the form. The
 * model given before stays until then. Never rejects; files given later replace those being read.
 */
async function load(
  name: string,
  gather: (signal: AbortSignal) => Promise<readonly SourceFile[]>,
): Promise<void> {
  const busy = BUSY[currentTask()];
  if (busy) {
    customModelStore.setState({ problem: busy });
    return;
  }
  abort?.abort();
  const mine = new AbortController();
  abort = mine;
  const { signal } = mine;
  customModelStore.setState({ reading: { doing: 'Reading the files', name }, problem: null });
  try {
    const network = await untilAborted(read(gather, signal), signal);
    customModelStore.setState({ network, problem: null });
    writeForm('backbone', guessedSettings(network.findings, presetOf(settingsStore.getState().form)));
  } catch (thrown) {
    if (abort === mine && !(thrown instanceof CancelledError))
      customModelStore.setState({ problem: toProblem(thrown) });
  } finally {
    if (abort === mine) {
      abort = null;
      customModelStore.setState({ reading: null });
    }
  }
}

async function read(
  gather: (signal: AbortSignal) => Promise<readonly SourceFile[]>,
  signal: AbortSignal,
): Promise<LoadedCustomModel> {
  const sources = await gather(signal);
  const { packCustomModel } = await import('../../client/pack-custom-model.ts');
  const { file, path } = await packCustomModel(sources, signal);
  const name = nameOf(path);
  if (!signal.aborted) customModelStore.setState({ reading: { doing: 'Checking the model', name } });
  const findings = await connections().trainer.call('inspectModel', { model: file }, signal);
  return { name, file, findings };
}

/** Settles at once when aborted: the worker answers an abort only between two steps of its work. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new CancelledError()), { once: true });
  });
  return Promise.race([work, aborted]);
}

/** Of the .zip, of the folder that holds the description, or of the description. */
const nameOf = (path: string): string => path.split('/').slice(-2)[0] || 'network';

export const addCustomModelFiles = (files: Iterable<File>): Promise<void> => {
  const sources = sourcesOfInput(files);
  return load(sources.length === 1 ? nameOf(sources[0]?.path ?? '') : '', async () => sources);
};

/** Must be called inside the drop handler, before its first await. */
export function dropCustomModel(transfer: DataTransfer): Promise<void> {
  const dropped = takeDrop(transfer);
  return load('', async (signal) => (await walkDrop(dropped, () => {}, signal)).sources);
}

export const cancelCustomModel = (): void => abort?.abort();

/** Removes the custom model; the preset's network takes its place. */
export function removeCustomModel(): void {
  customModelStore.setState({ network: null, problem: null });
  writeForm('backbone', presets[presetOf(settingsStore.getState().form)].backbone);
}
