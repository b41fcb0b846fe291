import type { GalleryPersonId, SampleId } from '../../lib/brand.ts';
import { ProblemError } from '../../lib/problem.ts';
import { type GalleryPerson, UNDO_STEPS } from '../../protocol/recognise.ts';
import { takeFaceBack } from '../data/data-actions.ts';
import { LONGEST_NAME } from '../data/people.ts';
import { showProblem } from '../problems.ts';
import { connections } from '../worker-connections.ts';
import { nameAgain } from './photo-store.ts';
import { type GalleryChange, occupy, recogniserStore } from './recogniser-store.ts';

/** A gallery of 10,000 people of 512 numbers is 20 MB. */
const LARGEST_GALLERY = 256 * 2 ** 20;

/** @param changes those that can still be undone */
function changed(people: readonly GalleryPerson[], changes: readonly GalleryChange[]): void {
  recogniserStore.setState({ people, changes: changes.slice(-UNDO_STEPS), unsaved: true });
  nameAgain();
}

const withChange = (change: GalleryChange): readonly GalleryChange[] => [
  ...recogniserStore.getState().changes,
  change,
];

/** The name without spaces around it. @throws ProblemError when it is empty or too long */
export function checkedName(wanted: string): string {
  const name = wanted.trim();
  if (name === '') throw new ProblemError('A person needs a name.', 'Type at least one character.');
  if (name.length > LONGEST_NAME) {
    throw new ProblemError(
      `The name has ${name.length} characters.`,
      `Use at most ${LONGEST_NAME} characters.`,
    );
  }
  return name;
}

/** Adds the largest face of each photo to a person, who is new where there is none of that name. */
export const enrolPerson = (wanted: string, photos: readonly File[]): Promise<boolean> =>
  occupy('Enrolling', async (signal) => {
    const name = checkedName(wanted);
    const answer = await connections().recogniser.call('enrol', { name, photos, aligned: false }, signal);
    if (answer.enrolled > 0) {
      const change = { kind: 'enrolled', name, faces: answer.enrolled, training: null } as const;
      changed(answer.people, withChange(change));
    }
    const without = answer.withoutFace.map((index) => photos[index]?.name ?? '');
    if (without.length === 0) return;
    const which = without.length > 3 ? `${without.slice(0, 3).join(', ')} and others` : without.join(', ');
    showProblem({
      what: `No face was found in ${without.length} of ${photos.length} photos of ${name}: ${which}.`,
      remedy:
        answer.enrolled > 0
          ? `The person has the faces of the others.`
          : 'Nobody was added. Choose photos in which the face is larger and looks at the camera.',
    });
  });

/**
 * Adds an aligned face to a person. Inside of {@link occupy}. @throws ProblemError, CancelledError
 *
 * @param addTraining adds it to the training photos, too; gives what it is called there
 */
export async function enrolAligned(
  name: string,
  face: Blob,
  addTraining: () => SampleId | null,
  signal: AbortSignal,
): Promise<void> {
  const args = { name, photos: [face], aligned: true };
  const { people } = await connections().recogniser.call('enrol', args, signal);
  changed(people, withChange({ kind: 'enrolled', name, faces: 1, training: addTraining() }));
}

/** Removes a person. */
export const removePerson = (person: GalleryPersonId): Promise<boolean> =>
  occupy('Removing', async (signal) => {
    const name = recogniserStore.getState().people.find(({ id }) => id === person)?.name;
    if (name === undefined) return;
    const { people } = await connections().recogniser.call('remove', { person }, signal);
    changed(people, withChange({ kind: 'removed', name }));
  });

/** Undoes the last change: brings a person back, or takes faces out again, of the training photos, too. */
export const undoChange = (): Promise<boolean> =>
  occupy('Undoing', async (signal) => {
    const { changes } = recogniserStore.getState();
    const last = changes.at(-1);
    if (!last) return;
    const { people } = await connections().recogniser.call('undo', null, signal);
    changed(people, changes.slice(0, -1));
    if (last.kind === 'enrolled' && last.training !== null) takeFaceBack(last.training);
  });

/** The gallery as a file; null where it could not be written. */
export async function saveGallery(): Promise<Blob | null> {
  let file: Blob | null = null;
  await occupy('Saving the gallery', async (signal) => {
    file = await connections().recogniser.call('saveGallery', null, signal);
    recogniserStore.setState({ unsaved: false });
  });
  return file;
}

/** Replaces the gallery by a file; one that cannot be read changes nothing. */
export const loadGallery = (file: File): Promise<boolean> =>
  occupy('Loading the gallery', async (signal) => {
    if (file.size > LARGEST_GALLERY) {
      throw new ProblemError(
        `The file has ${Math.round(file.size / 2 ** 20)} MB; a gallery has at most 256.`,
        'Choose a file that was saved under "People".',
      );
    }
    changed((await connections().recogniser.call('loadGallery', { file }, signal)).people, []);
    recogniserStore.setState({ unsaved: false });
  });
