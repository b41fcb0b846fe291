import { sourcesOfInput, takeDrop, walkDrop } from '../../client/dropped.ts';
import type { SourceFile } from '../../domain/faces.ts';
import { ProblemError } from '../../lib/problem.ts';
import { addFaceTo } from '../data/data-actions.ts';
import { showProblem } from '../problems.ts';
import { connections } from '../worker-connections.ts';
import { checkedName, enrolAligned } from './gallery-actions.ts';
import { ensureModel, openModelFile } from './model-actions.ts';
import { nameTheRest, photoStore, setPhotos } from './photo-store.ts';
import { occupy, showBusy, whenFree } from './recogniser-store.ts';

/** Of one choice. More would make a list that nobody reads. */
const MOST_PHOTOS = 5_000;
/** Files that systems put beside photos. */
const SYSTEM_FILE = /(^|\/)(\.[^/]*|thumbs\.db|desktop\.ini|__MACOSX\/.*)$/i;

async function nameSources(sources: readonly SourceFile[]): Promise<void> {
  const photos = sources.filter(({ path }) => !SYSTEM_FILE.test(path));
  if (photos.length === 0) {
    showProblem({
      what: 'There was no photo in what was given.',
      remedy: 'Choose photos, or a folder of them.',
    });
    return;
  }
  if (photos.length > MOST_PHOTOS) {
    showProblem({
      what: `There are ${photos.length} files; at most ${MOST_PHOTOS} are looked at.`,
      remedy: 'The others were left out. Choose smaller folders, one after the other.',
    });
  }
  // They are listed at once, and looked at when a model is open.
  void setPhotos(photos.slice(0, MOST_PHOTOS));
  if (await ensureModel()) await nameTheRest();
}

/** Names the people in the files of a file input. Never rejects. */
export const namePhotos = (files: readonly File[]): Promise<void> => nameSources(sourcesOfInput(files));

/** Names the people in what was dropped. Must be called inside the drop handler, before its first await. */
export async function dropPhotos(transfer: DataTransfer): Promise<void> {
  const dropped = takeDrop(transfer);
  await whenFree();
  let sources: readonly SourceFile[] | null = null;
  await occupy('Listing the folders', async (signal) => {
    ({ sources } = await walkDrop(dropped, (done) => showBusy('Listing the folders', done, 0), signal));
  });
  if (sources !== null) await nameSources(sources);
}

/** Opens what was dropped as a model. Must be called inside the drop handler, before its first await. */
export async function dropModel(transfer: DataTransfer): Promise<void> {
  const [file] = transfer.files;
  if (file) await openModelFile(file);
}

/**
 * Says who a face is: the face is enrolled under the name, and, where a person on the Data screen has that name, added to
 * the training photos.
 *
 * @param index of the face in the photo
 */
export const assignFace = (key: number, index: number, wanted: string): Promise<boolean> =>
  occupy('Enrolling the face', async (signal) => {
    const name = checkedName(wanted);
    const row = photoStore.getState().rows.find((one) => one.key === key);
    if (row?.result?.kind !== 'named') return;
    const box = row.result.photo.faces[index]?.box;
    if (!box) return;
    const face = await connections().recogniser.call('face', { photo: row.file, box }, signal);
    if (!face) {
      throw new ProblemError(
        'The face could not be cut out of the photo.',
        'Add a photo of the person under "People" instead.',
      );
    }
    const asTraining = {
      image: face,
      path: row.path,
      faceWidth: Math.round(box.width),
      key: `${key}/${index}`,
    };
    await enrolAligned(name, face, () => addFaceTo(name, asTraining), signal);
  });
