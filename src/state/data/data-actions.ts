import { sourcesOfInput, takeDrop, walkDrop } from '../../client/dropped.ts';
import type { SourceFile } from '../../domain/faces.ts';
import type { PersonId, SampleId } from '../../lib/brand.ts';
import { CancelledError, ProblemError, throwIfAborted } from '../../lib/problem.ts';
import type { IngestSummary, Survey } from '../../protocol/ingest.ts';
import { showProblem, showThrown } from '../problems.ts';
import { connections } from '../worker-connections.ts';
import { closeDrop, dataStore, edit, type IntakeAnswer, openDrop } from './data-store.ts';
import { EMPTY, mergePeople, removeFace, removePeople, renamePerson, takeAlternative } from './people.ts';

/** Gathers the files of one drop; reports how many it has. */
type Gather = (
  onCount: (done: number, total: number) => void,
  signal: AbortSignal,
) => Promise<readonly SourceFile[]>;

interface Drop {
  readonly what: string;
  readonly doing: string;
  readonly gather: Gather;
  /** Label of all photos; null labels them by folder. */
  readonly everythingIs: string | null;
  /** Given when nothing needs to be asked. */
  readonly answer: IntakeAnswer | null;
}

let queue: Promise<void> = Promise.resolve();
let abort: AbortController | null = null;
let reply: ((answer: IntakeAnswer | null) => void) | null = null;
/** Drops queued in an earlier generation were cancelled. */
let generation = 0;

/** Drops are imported one after the other. The promise settles with the drop and never rejects. */
function enqueue(drop: Drop): Promise<void> {
  const mine = generation;
  dataStore.setState(({ waiting }) => ({ waiting: waiting + 1 }));
  queue = queue.then(async () => {
    dataStore.setState(({ waiting }) => ({ waiting: waiting - 1 }));
    if (mine === generation) await importDrop(drop);
  });
  return queue;
}

function showRunning(doing: string, done: number, total: number): void {
  dataStore.setState({
    intake: { status: 'running', doing, done, total, photosPerSecond: 0, secondsLeft: null },
  });
}

async function importDrop({ what, doing, gather, everythingIs, answer }: Drop): Promise<void> {
  abort = new AbortController();
  const { signal } = abort;
  openDrop(what);
  dataStore.setState({ notes: [] });
  try {
    showRunning(doing, 0, 0);
    const sources = await gather((done, total) => showRunning(doing, done, total), signal);
    if (sources.length === 0) {
      throw new ProblemError('The drop contained no file.', 'Drop a folder of photos, or a .zip.');
    }
    showRunning('Reading the files', 0, 0);
    const survey = await connections().ingest.call('survey', { sources }, signal);
    const settled = answer ?? (await ask(survey, everythingIs !== null, signal));
    showRunning('Finding faces', 0, survey.files);
    const summary = await connections().ingest.call(
      'ingest',
      { selection: survey.selection, everythingIs, ...settled },
      signal,
    );
    dataStore.setState({ intake: { status: 'done', summary } });
  } catch (thrown) {
    endEarly(thrown);
  } finally {
    abort = null;
    closeDrop();
  }
}

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
  return enqueue({
    what: 'Add photos',
    doing: 'Listing the folders',
    everythingIs,
    answer: null,
    gather: async (onCount, signal) => {
      const { sources, unreadable } = await walkDrop(dropped, (done) => onCount(done, 0), signal);
      if (unreadable.length > 0) {
        showProblem({
          what: `${unreadable.length} of the dropped files could not be read, the first is ${unreadable[0]}.`,
          remedy:
            'The others were imported. Check that these still exist and that you may read them, then drop them again.',
        });
      }
      return sources;
    },
  });
}

/** Imports the files of a file input; those of a folder picker have their path inside the folder. */
export function addFiles(files: Iterable<File>, everythingIs: string | null = null): Promise<void> {
  const sources = sourcesOfInput(files);
  return enqueue({
    what: 'Add photos',
    doing: 'Listing the files',
    everythingIs,
    answer: null,
    gather: async () => sources,
  });
}

/** Draws the sample people (always the same ones) and imports them as aligned crops. */
export const addSamples = (): Promise<void> =>
  enqueue({
    what: 'Add the sample people',
    doing: 'Drawing the sample people',
    everythingIs: null,
    answer: { alignment: 'as-is', labelChoice: 0, unlabelledName: null },
    gather: async (onCount, signal) => {
      const { drawSamplePeople } = await import('../../client/samples.ts');
      throwIfAborted(signal);
      return drawSamplePeople(onCount, signal);
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
export const chooseAlternative = (rejected: SampleId, alternative: SampleId): void =>
  edit('Use photo', (snapshot) => takeAlternative(snapshot, rejected, alternative));

/** Removes all people and skipped files; one undo brings them back. */
export function clearData(): void {
  edit('Clear everything', () => EMPTY);
  dataStore.setState({ intake: { status: 'idle' }, notes: [] });
  connections().ingest.call('reset', null).catch(showThrown);
}
