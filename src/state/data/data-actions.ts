import { sourcesOfInput, takeDrop, walkDrop } from '../../client/dropped.ts';
import { loadSamplePeople } from '../../client/sample-people.ts';
import { surveyFiles } from '../../client/survey-files.ts';
import type { SourceFile } from '../../domain/faces.ts';
import { type PersonId, type SampleId, sampleId } from '../../lib/brand.ts';
import { CancelledError, ProblemError, throwIfAborted } from '../../lib/problem.ts';
import type { IngestSummary, Survey } from '../../protocol/ingest.ts';
import { showProblem, showThrown } from '../problems.ts';
import { connections } from '../worker-connections.ts';
import { addToDrop, closeDrop, dataStore, edit, type IntakeAnswer, openDrop } from './data-store.ts';
import { keepImage } from './images.ts';
import {
  addFace,
  addResults,
  confirmFace,
  EMPTY,
  mergePeople,
  removeFace,
  removePeople,
  renamePerson,
  takeAlternative,
  withdrawFace,
} from './people.ts';

/** Does the work of an import; what it finds goes into the store. */
type Work = (signal: AbortSignal) => Promise<IngestSummary>;

interface Import {
  /** What an undo of it is called. */
  readonly what: string;
  readonly doing: string;
  readonly work: Work;
}

/** Gathers the files of one drop; reports how many it has. */
type Gather = (
  onCount: (done: number, total: number) => void,
  signal: AbortSignal,
) => Promise<readonly SourceFile[]>;

let queue: Promise<void> = Promise.resolve();
let abort: AbortController | null = null;
let reply: ((answer: IntakeAnswer | null) => void) | null = null;
/** Imports queued in an earlier generation were cancelled. */
let generation = 0;
/** Whether photos were cleared with which the worker still compares. */
let cleared = false;

/** Imports run one after the other. The promise settles with the import and never rejects. */
function enqueue(next: Import): Promise<void> {
  const mine = generation;
  dataStore.setState(({ waiting }) => ({ waiting: waiting + 1 }));
  queue = queue.then(async () => {
    dataStore.setState(({ waiting }) => ({ waiting: waiting - 1 }));
    if (mine === generation) await run(next);
  });
  return queue;
}

function showRunning(doing: string, done: number, total: number): void {
  dataStore.setState({
    intake: { status: 'running', doing, done, total, photosPerSecond: 0, secondsLeft: null },
  });
}

async function run({ what, doing, work }: Import): Promise<void> {
  abort = new AbortController();
  openDrop(what);
  dataStore.setState({ notes: [] });
  try {
    showRunning(doing, 0, 0);
    await forgetCleared();
    const summary = await work(abort.signal);
    dataStore.setState({ intake: { status: 'done', summary } });
  } catch (thrown) {
    endEarly(thrown);
  } finally {
    abort = null;
    closeDrop();
  }
}

/** Photos that were cleared, and not brought back by an undo, are no duplicates of what is added now. */
async function forgetCleared(): Promise<void> {
  const { people, rejected } = dataStore.getState().snapshot;
  if (cleared && people.length + rejected.length === 0) await connections().ingest.call('reset', null);
  cleared = false;
}

/** Turns files into faces, in the worker. @param everythingIs label of all photos; null labels them by folder */
const ingest =
  (doing: string, gather: Gather, everythingIs: string | null): Work =>
  async (signal) => {
    const sources = await gather((done, total) => showRunning(doing, done, total), signal);
    if (sources.length === 0) {
      throw new ProblemError('The drop contained no file.', 'Drop a folder of photos, or a .zip.');
    }
    showRunning('Reading the files', 0, 0);
    const survey = await surveyFiles(connections().ingest, sources, signal, (sent) =>
      showRunning('Reading the files', sent, sources.length),
    );
    const answer = await ask(survey, everythingIs !== null, signal);
    showRunning('Finding faces', 0, survey.files);
    return connections().ingest.call(
      'ingest',
      { selection: survey.selection, everythingIs, ...answer },
      signal,
    );
  };

function endEarly(thrown: unknown): void {
  const { intake, snapshot } = dataStore.getState();
  const [done, total] = intake.status === 'running' ? [intake.done, intake.total] : [0, 0];
  if (thrown instanceof CancelledError) {
    dataStore.setState({ intake: { status: 'cancelled', done, total } });
    return;
  }
  showThrown(thrown);
  const faces = snapshot.people.reduce((sum, person) => sum + person.faces.length, 0);
  const summary: IngestSummary = { files: total, faces, rejected: snapshot.rejected.length, seconds: 0 };
  dataStore.setState({ intake: faces > 0 ? { status: 'done', summary } : { status: 'idle' } });
}

/** Asks the user what the survey leaves open; closing the question cancels the drop. */
async function ask(survey: Survey, named: boolean, signal: AbortSignal): Promise<IntakeAnswer> {
  const askAligned = survey.alignedSize !== null;
  const { labelChoices } = survey;
  const askPeople = !named && (labelChoices.length > 1 || (labelChoices[0]?.unlabelled ?? 0) > 0);
  if (!askAligned && !askPeople) return { alignment: 'detect', labelChoice: 0, unlabelledName: null };
  dataStore.setState({ question: { survey, askAligned, askPeople } });
  try {
    const answer = await new Promise<IntakeAnswer | null>((resolve) => {
      reply = resolve;
      signal.addEventListener('abort', () => resolve(null), { once: true });
    });
    if (answer === null) throw new CancelledError();
    return answer;
  } finally {
    reply = null;
    dataStore.setState({ question: null });
  }
}

/** The user's answer to the open question; null skips the photos it was about. */
export const answerQuestion = (answer: IntakeAnswer | null): void => reply?.(answer);

/** Cancels the running import and the waiting ones; the faces found so far stay. */
export function cancelIntake(): void {
  generation++;
  abort?.abort();
}

/**
 * Imports what was dropped on the page; all of it as photos of one person when `everythingIs` is given.
 * Must be called inside the drop handler, before its first await.
 */
export function dropTransfer(transfer: DataTransfer, everythingIs: string | null): Promise<void> {
  const dropped = takeDrop(transfer);
  const doing = 'Listing the folders';
  const gather: Gather = async (onCount, signal) => {
    const { sources, unreadable } = await walkDrop(dropped, (done) => onCount(done, 0), signal);
    if (unreadable.length > 0) {
      showProblem({
        what: `${unreadable.length} of the dropped files could not be read, the first is ${unreadable[0]}.`,
        remedy:
          'The others were imported. Check that these still exist and that you may read them, then drop them again.',
      });
    }
    return sources;
  };
  return enqueue({ what: 'Add photos', doing, work: ingest(doing, gather, everythingIs) });
}

/** Imports the files of a file input; those of a folder picker have their path inside the folder. */
export function addFiles(files: Iterable<File>, everythingIs: string | null = null): Promise<void> {
  const sources = sourcesOfInput(files);
  const doing = 'Listing the files';
  return enqueue({ what: 'Add photos', doing, work: ingest(doing, async () => sources, everythingIs) });
}

/** Adds the sample people, who need no search for faces. */
export const addSamples = (): Promise<void> =>
  enqueue({
    what: 'Add the sample people',
    doing: 'Loading the sample people',
    work: async (signal) => {
      const began = performance.now();
      const samples = await loadSamplePeople();
      throwIfAborted(signal);
      const { people, rejected } = dataStore.getState().snapshot;
      const there = new Set([...people.flatMap(({ faces }) => faces), ...rejected].map(({ id }) => id));
      const faces = samples.filter(({ id }) => !there.has(id));
      for (const { id, image } of faces) keepImage(id, image);
      addToDrop((snapshot) => addResults(snapshot, faces, []));
      const seconds = (performance.now() - began) / 1000;
      return { files: samples.length, faces: faces.length, rejected: 0, seconds };
    },
  });

export const rename = (id: PersonId, name: string): void =>
  edit('Rename', (snapshot) => renamePerson(snapshot, id, name));
export const merge = (ids: ReadonlySet<PersonId>): void =>
  edit('Merge people', (snapshot) => mergePeople(snapshot, ids));
export const dropPeople = (ids: ReadonlySet<PersonId>): void =>
  edit(ids.size === 1 ? 'Remove person' : 'Remove people', (snapshot) => removePeople(snapshot, ids));
export const dropFace = (person: PersonId, face: SampleId): void =>
  edit('Remove face', (snapshot) => removeFace(snapshot, person, face));
export const keepFace = (person: PersonId, face: SampleId): void =>
  edit('Keep photo', (snapshot) => confirmFace(snapshot, person, face));
export const chooseAlternative = (rejected: SampleId, alternative: SampleId): void =>
  edit('Use photo', (snapshot) => takeAlternative(snapshot, rejected, alternative));

/**
 * Adds an aligned face that was found on the Use screen to the person of that name, where there is one.
 *
 * @param face `key` tells the faces that were found there apart
 * @returns the id under which it was added, for {@link takeFaceBack}; null where nobody has that name
 */
export function addFaceTo(
  name: string,
  face: {
    readonly key: string;
    readonly image: Blob;
    readonly path: string;
    /** In pixels of the photo. */
    readonly faceWidth: number;
  },
): SampleId | null {
  const { key, image, path, faceWidth } = face;
  const id = sampleId(`named/${key}`);
  if (!dataStore.getState().snapshot.people.some((person) => person.name === name)) return null;
  keepImage(id, image);
  edit('Add face', (snapshot) =>
    addFace(snapshot, name, { id, path, flags: ['chosen'], faceWidth, confirmed: true }),
  );
  return id;
}

/** Undoes {@link addFaceTo}, whatever was done since. */
export const takeFaceBack = (face: SampleId): void =>
  edit('Take face back', (snapshot) => withdrawFace(snapshot, face));

/** Removes all people and skipped files; one undo brings them back. */
export function clearData(): void {
  edit('Clear everything', () => EMPTY);
  dataStore.setState({ intake: { status: 'idle' }, notes: [] });
  cleared = true;
}
