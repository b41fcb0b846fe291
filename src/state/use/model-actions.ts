import { fetchPageModel } from '../../client/page-model.ts';
import { assert } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';
import { dataStore } from '../data/data-store.ts';
import { imageOf } from '../data/images.ts';
import { showThrown } from '../problems.ts';
import { operatingPointStore, usableOperatingPoint } from '../run/export/export-store.ts';
import { runStore } from '../run/run-store.ts';
import { connections } from '../worker-connections.ts';
import { pageModelStore } from './page-model.ts';
import { nameAgain } from './photo-store.ts';
import { type ModelSource, occupy, recogniserStore, showBusy, whenFree } from './recogniser-store.ts';

/** Models are at most 512 MB; see lib/archive. */
const LARGEST_MODEL = 512 * 2 ** 20;

async function open(source: ModelSource, file: Blob | null, signal: AbortSignal): Promise<void> {
  const { model, people } = await connections().recogniser.call('open', { model: file }, signal);
  recogniserStore.setState({
    open: { source, model },
    people,
    threshold: model.threshold.cosine,
    changes: [],
    unsaved: false,
  });
}

/** The same, and names the people in the photos again. */
async function openOnly(source: ModelSource, file: Blob | null, signal: AbortSignal): Promise<void> {
  await open(source, file, signal);
  nameAgain();
}

/** Opens the pretrained network, with an empty gallery. */
export const openPretrained = (): Promise<boolean> =>
  occupy('Loading the pretrained network', (signal) => openOnly({ kind: 'pretrained' }, null, signal));

/** Opens the best model of the last run, with the people that it was trained on. */
export const openRun = (): Promise<boolean> =>
  occupy('Writing the model of the run', async (signal) => {
    const { current } = runStore.getState();
    if (!current?.report) {
      throw new ProblemError(
        'There is no finished run whose model could be used.',
        'Train one on the Train screen, or use the pretrained network.',
      );
    }
    const operatingPoint = usableOperatingPoint(operatingPointStore.getState().name, current);
    const args = { format: 'tfjs', name: current.name, operatingPoint };
    const { file } = await connections().trainer.call('exportModel', args, signal);
    showBusy('Loading the model', 0, 0);
    await openOnly({ kind: 'run', name: current.name }, file, signal);
  });

/** Opens a .zip that was downloaded on the Export screen. */
export const openModelFile = (file: File): Promise<boolean> =>
  occupy('Loading the model', (signal) => {
    if (file.size > LARGEST_MODEL) {
      throw new ProblemError(
        `The file has ${Math.round(file.size / 2 ** 20)} MB; a model has at most 512.`,
        'Choose the .zip that was downloaded on the Export screen.',
      );
    }
    return openOnly({ kind: 'file', name: file.name }, file, signal);
  });

/** Fetches and opens the model of an exported page. */
export const openPageModel = (): Promise<boolean> =>
  occupy('Loading the model', async (signal) => {
    const { address } = pageModelStore.getState();
    assert(address !== null, 'an exported page');
    const mb = (bytes: number): string => (bytes / 1e6).toFixed(1);
    const file = await fetchPageModel(
      address,
      (done, total) => showBusy(`Loading the model: ${mb(done)} of ${mb(total)} MB`, 0, 0),
      signal,
    );
    try {
      await openOnly({ kind: 'page' }, file, signal);
    } catch (thrown) {
      if (!(thrown instanceof ProblemError)) throw thrown;
      throw new ProblemError(
        `The model of this page cannot be opened. ${thrown.problem.what}`,
        'Whoever put the page on its server should put all files of the download there again, unchanged.',
      );
    }
  });

/**
 * Enrols all people of the Data screen from their aligned faces, without training; with the pretrained network where no
 * model is open. People of the gallery who were enrolled under the same name are replaced.
 */
export const enrolDataPeople = (): Promise<boolean> =>
  occupy('Loading the pretrained network', async (signal) => {
    const rows = dataStore.getState().snapshot.people.filter(({ faces }) => faces.length > 0);
    if (rows.length === 0) {
      throw new ProblemError('There are no people on the Data screen.', 'Add photos of them there first.');
    }
    if (recogniserStore.getState().open === null) await open({ kind: 'pretrained' }, null, signal);
    const { recogniser } = connections();
    try {
      for (const [index, { name, faces }] of rows.entries()) {
        showBusy('Enrolling the people on the Data screen', index, rows.length);
        const photos = faces.flatMap(({ id }) => imageOf(id) ?? []);
        const before = recogniserStore.getState().people.find((person) => person.name === name);
        const enrolled = before && before.faces > 0 ? before : null;
        if (enrolled) await recogniser.call('remove', { person: enrolled.id }, signal);
        const { people } = await recogniser.call('enrol', { name, photos, aligned: true }, signal);
        recogniserStore.setState({ people, changes: [], unsaved: true });
      }
    } finally {
      nameAgain();
    }
  });

/**
 * Opens a model where none is open: that of an exported page; of the last run, else the pretrained network with the people
 * of the Data screen.
 *
 * @returns whether one is open
 */
export async function ensureModel(): Promise<boolean> {
  await whenFree();
  if (recogniserStore.getState().open !== null) return true;
  if (pageModelStore.getState().address !== null) return openPageModel();
  if (runStore.getState().current?.report) return openRun();
  return dataStore.getState().snapshot.people.length > 0 ? enrolDataPeople() : openPretrained();
}

/** @param cosine at least this for two faces to be one person */
export function setThreshold(cosine: number): void {
  recogniserStore.setState({ threshold: cosine });
  connections().recogniser.call('setThreshold', { cosine }).catch(showThrown);
}
