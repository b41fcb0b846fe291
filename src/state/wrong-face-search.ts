import { copyPairs, groupCopies } from '../dataset/near-copies.ts';
import type { PersonId, SampleId } from '../lib/brand.ts';
import { dataStore } from './data/data-store.ts';
import type { PersonRow } from './data/people.ts';
import { wrongFacesStore } from './data/wrong-faces.ts';
import { earlyFeaturesStore, frozenConfig, RETRY_MS } from './early-features.ts';
import { currentTask, trainerTaskStore } from './trainer-task.ts';
import { connections } from './worker-connections.ts';

/** The people whose photos were compared last, or are being compared. */
let compared: readonly PersonRow[] = [];
let busy = false;

/** Looks for wrong faces whenever all features are there and the trainer has nothing else to do. Called once. */
export function startWrongFaceSearch(): void {
  const look = (): void => void search();
  dataStore.subscribe(look);
  earlyFeaturesStore.subscribe(look);
  trainerTaskStore.subscribe(look);
}

async function search(): Promise<void> {
  const { snapshot, intake } = dataStore.getState();
  const { people } = snapshot;
  if (busy || people === compared || intake.status === 'running' || currentTask() !== 'none') return;
  const { progress } = earlyFeaturesStore.getState();
  const config = frozenConfig();
  const all = people.reduce((sum, person) => sum + person.faces.length, 0);
  if (!config || progress?.ready !== all || progress.total !== all) return;
  const faces = facesToCompare(people);
  compared = people;
  busy = true;
  try {
    const found = await connections().trainer.call('findWrongFaces', { config, faces });
    if (found === null) {
      compared = []; // something came between
      setTimeout(() => void search(), RETRY_MS);
      return;
    }
    wrongFacesStore.setState({ found });
  } catch (thrown) {
    console.warn('Photos could not be compared.', thrown);
  } finally {
    busy = false;
  }
  void search();
}

/** One of the copies of a photo: they are like each other, whoever they show. */
function facesToCompare(people: readonly PersonRow[]): { id: SampleId; person: PersonId }[] {
  const rows = people.flatMap(({ id: person, faces }) => faces.map((face) => ({ ...face, person })));
  const groups = groupCopies(rows.length, copyPairs(rows));
  return rows.flatMap(({ id, person }, i) => (groups[i] === i ? [{ id, person }] : []));
}
