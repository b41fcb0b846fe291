import { sourcesOfInput, takeDrop, walkDrop } from '../../client/dropped.ts';
import type { CustomBackbone } from '../../config/backbone.ts';
import { presets } from '../../config/presets.ts';
import { guessedSettings } from '../../domain/custom-model-settings.ts';
import type { SourceFile } from '../../domain/faces.ts';
import { CancelledError, type Problem, toProblem } from '../../lib/problem.ts';
import { isFindingRate, lrFinderStore } from '../run/lr-finder-store.ts';
import { isActive, runStore, statusOf } from '../run/run-store.ts';
import { connections } from '../worker-connections.ts';
import { customModelStore } from './custom-model-store.ts';
import { presetOf, writePath } from './settings-form.ts';

/** Looking at a network would take the backend away from a run or a search. */
function busyWith(): Problem | null {
  if (isActive(statusOf(runStore.getState()))) {
    return {
      what: 'A run is under way, so no other network can be looked at.',
      remedy: 'Stop the run first, or wait until it is done.',
    };
  }
  if (isFindingRate(lrFinderStore.getState())) {
    return {
      what: 'A learning rate is being looked for, so no other network can be looked at.',
      remedy: 'Cancel the search first, or wait until it is done.',
    };
  }
  return null;
}

let abort: AbortController | null = null;

/**
 * Takes files as the person's own network: packs them, has them looked at, and puts the guesses into the fields. The
 * network given before stays until then. Never rejects; files given later take the place of those being read.
 */
async function take(
  name: string,
  gather: (signal: AbortSignal) => Promise<readonly SourceFile[]>,
): Promise<void> {
  const problem = busyWith();
  if (problem) {
    customModelStore.setState({ problem });
    return;
  }
  abort?.abort();
  const mine = new AbortController();
  abort = mine;
  const { signal } = mine;
  customModelStore.setState({ reading: { doing: 'Reading the files', name }, problem: null });
  try {
    const network = await untilAborted(read(name, gather, signal), signal);
    customModelStore.setState({ network, problem: null });
    putBackbone(guessedSettings(network.findings, presetOf(runStore.getState().form)));
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
  given: string,
  gather: (signal: AbortSignal) => Promise<readonly SourceFile[]>,
  signal: AbortSignal,
) {
  const sources = await gather(signal);
  const { packCustomModel: packNetwork } = await import('../../client/pack-custom-model.ts');
  const file = await packNetwork(sources, signal);
  const name = given || nameOf(sources);
  if (!signal.aborted) customModelStore.setState({ reading: { doing: 'Looking at the network', name } });
  const findings = await connections().trainer.call('inspectModel', { model: file }, signal);
  return { name, file, findings };
}

/** The worker answers an abort when it comes to it; the person need not wait. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new CancelledError()), { once: true });
  });
  return Promise.race([work, aborted]);
}

/** Of the .zip, of the folder, or of the description. */
function nameOf(sources: readonly SourceFile[]): string {
  const described = sources.find(({ path }) => path.endsWith('.json')) ?? sources[0];
  const [folder, ...rest] = (described?.path ?? '').split('/');
  return (rest.length > 0 ? folder : described?.file.name) || 'network';
}

export const addCustomModelFiles = (files: Iterable<File>): Promise<void> => {
  const sources = sourcesOfInput(files);
  return take(nameOf(sources), async () => sources);
};

/** Must be called inside the drop handler, before its first await. */
export function dropCustomModel(transfer: DataTransfer): Promise<void> {
  const dropped = takeDrop(transfer);
  return take('', async (signal) => (await walkDrop(dropped, () => {}, signal)).sources);
}

export const cancelCustomModel = (): void => abort?.abort();

/** Forgets the network; the preset's own takes its place. */
export function removeCustomModel(): void {
  customModelStore.setState({ network: null, problem: null });
  runStore.setState(({ form: draft }) => ({
    form: writePath(draft, 'backbone', presets[presetOf(draft)].backbone),
  }));
}

const putBackbone = (backbone: CustomBackbone): void =>
  runStore.setState(({ form: draft }) => ({ form: writePath(draft, 'backbone', backbone) }));
