/** Recognition, as the terminal asks for it. */
import { type Connection, connect } from '../client/connect.ts';
import { startRecogniserWorker } from '../client/recogniser-worker.ts';
import type { SourceFile } from '../domain/faces.ts';
import { present } from '../lib/assert.ts';
import { ProblemError } from '../lib/problem.ts';
import type { HeadlessRecognise, HeadlessRecognised } from '../protocol/headless.ts';
import type {
  GalleryPerson,
  RecognisedFace,
  RecogniserCalls,
  RecogniserEvent,
} from '../protocol/recognise.ts';
import { byPath, ingest } from './data.ts';
import { chosen, print, say } from './page.ts';

type Recogniser = Connection<RecogniserCalls>;
type Photo = HeadlessRecognised['photos'][number];

/** What operating systems put beside photos. */
const SYSTEM_FILE = /(^|\/)(\.[^/]*|thumbs\.db|desktop\.ini)$/i;

/** Names all faces in the photos of the folder that was chosen. @throws ProblemError */
export async function recognise({
  pretrained,
  gallery,
  threshold: asked,
  personLevel,
}: HeadlessRecognise): Promise<HeadlessRecognised> {
  let died: ProblemError | null = null;
  const recogniser = connect<RecogniserCalls, RecogniserEvent>(
    startRecogniserWorker,
    ({ done, total }) => say('Loading the model', done, total),
    ({ what, remedy }) => {
      died = new ProblemError(what, remedy);
    },
  );
  try {
    const model = pretrained ? null : present(chosen('#model')[0], 'the model file').file;
    const opened = await recogniser.call('open', { model });
    const threshold = asked ?? opened.model.threshold.cosine;
    await recogniser.call('setThreshold', { cosine: threshold });
    const people = await peopleOf(recogniser, opened.people, gallery, personLevel);
    if (people.length === 0) {
      throw new ProblemError(
        'There is nobody to recognise: the gallery is empty.',
        'Give another --gallery.',
      );
    }
    const sources = chosen('#data-folder')
      .filter(({ path }) => !SYSTEM_FILE.test(path))
      .sort(byPath);
    const photos: Photo[] = [];
    const begin = performance.now();
    for (const source of sources) {
      photos.push(await named(recogniser, source));
      if (died) throw died;
      const rate = (photos.length * 1000) / (performance.now() - begin);
      say('Recognising faces', photos.length, sources.length, `${rate.toFixed(1)} photos/s`);
    }
    const skipped = photos.filter(({ reason }) => reason !== undefined);
    for (const { photo, reason } of skipped) print(`${photo}: ${reason}`);
    return { photos, people: people.length, threshold };
  } finally {
    recogniser.close();
  }
}

async function peopleOf(
  recogniser: Recogniser,
  trained: readonly GalleryPerson[],
  gallery: HeadlessRecognise['gallery'],
  level: number | null,
): Promise<readonly GalleryPerson[]> {
  if (gallery === 'model') return trained;
  const files = [...chosen('#gallery-folder'), ...chosen('#gallery-file')];
  if (gallery === 'saved') {
    const { file } = present(files[0], 'the gallery');
    return (await recogniser.call('loadGallery', { file })).people;
  }
  for (const { id } of trained) await recogniser.call('remove', { person: id });
  const { faces } = await ingest(files, 'Reading gallery', { level });
  const byName = new Map<string, Blob[]>();
  for (const { label, image } of faces) {
    if (label === null) continue;
    const images = byName.get(label);
    if (images) images.push(image);
    else byName.set(label, [image]);
  }
  let people: readonly GalleryPerson[] = [];
  let done = 0;
  for (const [name, photos] of byName) {
    ({ people } = await recogniser.call('enrol', { name, photos, aligned: true }));
    say('Enrolling people', ++done, byName.size);
  }
  return people;
}

/** What was found in a photo; of a file that cannot be opened nothing, with the reason. */
async function named(recogniser: Recogniser, { path, file }: SourceFile): Promise<Photo> {
  try {
    const { faces } = await recogniser.call('recognise', { photo: file });
    return { photo: path, faces: faces.map(reported) };
  } catch (thrown) {
    if (!(thrown instanceof ProblemError)) throw thrown;
    return { photo: path, faces: [], reason: thrown.problem.what };
  }
}

const reported = ({ box, best, second, known }: RecognisedFace): Photo['faces'][number] => ({
  box,
  name: known && best ? best.name : null,
  similarity: best?.cosine ?? null,
  second: second && { name: second.name, similarity: second.cosine },
});
