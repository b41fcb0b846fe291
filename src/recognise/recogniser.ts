import { type Detector, loadDetector } from '../ingest/detect/blazeface.ts';
import { overlap } from '../ingest/detect/boxes.ts';
import { findAtOnce, findNear, lookCloser } from '../ingest/detect/find.ts';
import { plausible } from '../ingest/detect/select-face.ts';
import type { ImagePyramid } from '../ingest/image-pyramid.ts';
import { toPng } from '../ingest/png.ts';
import { present } from '../lib/assert.ts';
import type { GalleryPersonId } from '../lib/brand.ts';
import { ProblemError, throwIfAborted } from '../lib/problem.ts';
import { cosineOf } from '../lib/vectors.ts';
import { type Box, type RecognisedFace, type RecognisedPhoto, UNDO_STEPS } from '../protocol/recognise.ts';
import {
  type AlignedFace,
  aligned,
  allFaces,
  largestFace,
  openPhoto,
  photoSize,
  wholeFace,
} from './faces.ts';
import { Follower } from './follow.ts';
import { cleanName, type Gallery, galleryOf } from './gallery.ts';
import { type OpenModel, openModel } from './open-model.ts';

/** A face of the box that was asked for has at least this intersection over union with it. */
const SAME_BOX = 0.3;

export interface EnrolledPhotos {
  readonly enrolled: number;
  /** Indices of the photos in which no face was found. */
  readonly withoutFace: readonly number[];
}

/** A model, a gallery and a detector: who is on a photo, or in front of a camera. Nothing of a photo is kept but embeddings. */
export class Recogniser {
  /** Cosine from which on a face is taken for the most similar person. */
  threshold: number;
  readonly model: OpenModel;
  private current: Gallery;
  /** The galleries before the last changes. */
  private before: Gallery[] = [];
  private readonly detect: Detector;
  private readonly follower = new Follower();

  private constructor(model: OpenModel, detect: Detector) {
    this.model = model;
    this.detect = detect;
    this.threshold = model.about.threshold.cosine;
    this.current = galleryOf(model.embeddingSize, model.people);
  }

  get gallery(): Gallery {
    return this.current;
  }

  /** Another gallery, of the same model. What was done to the one before cannot be undone any more. */
  set gallery(gallery: Gallery) {
    this.current = gallery;
    this.before = [];
  }

  /**
   * Opens a .zip of this program, or the pretrained network for null. The gallery begins with its people.
   *
   * @param onProgress of the parts that are loaded
   * @throws ProblemError, CancelledError
   */
  static async open(
    file: Blob | null,
    signal: AbortSignal,
    onProgress: (done: number, total: number) => void,
  ): Promise<Recogniser> {
    onProgress(0, 2);
    const detect = await loadDetector(); // starts the backend
    throwIfAborted(signal);
    onProgress(1, 2);
    const model = await openModel(file, signal);
    onProgress(2, 2);
    try {
      return new Recogniser(model, detect);
    } catch (thrown) {
      model.dispose();
      throw thrown;
    }
  }

  dispose(): void {
    this.model.dispose();
  }

  /**
   * Adds the largest face of each photo to a person, who is new where there is none of that name. All or, where it fails or
   * is cancelled, none.
   *
   * @param photos photos that cannot be opened count as photos without a face
   * @throws ProblemError, CancelledError
   */
  async enrol(
    name: string,
    photos: readonly Blob[],
    isAligned: boolean,
    signal: AbortSignal,
  ): Promise<EnrolledPhotos> {
    cleanName(name); // what is wrong with it is said before the work
    const faces: Float32Array[] = [];
    const withoutFace: number[] = [];
    for (const [index, photo] of photos.entries()) {
      throwIfAborted(signal);
      const face = await this.faceOf(photo, isAligned).catch((thrown: unknown) => {
        if (thrown instanceof ProblemError) return null;
        throw thrown;
      });
      if (face) faces.push(...(await this.model.embed([face.pixels], signal)));
      else withoutFace.push(index);
    }
    if (faces.length > 0) this.change((gallery) => gallery.add(name, { centre: null, faces }));
    return { enrolled: faces.length, withoutFace };
  }

  /** @throws ProblemError where there is no such person (any more) */
  remove(person: GalleryPersonId): void {
    this.change((gallery) => gallery.remove(person));
  }

  /** Takes the last change by {@link enrol} or {@link remove} back. @throws ProblemError where there is none */
  undo(): void {
    const last = this.before.pop();
    if (!last) throw new ProblemError('There is no change to be undone.', 'Nothing needs to be done.');
    this.current = last;
  }

  /** @param work changes the gallery, or throws and leaves it as it is */
  private change(work: (gallery: Gallery) => void): void {
    const before = this.current.copy();
    work(this.current);
    this.before = [...this.before, before].slice(-UNDO_STEPS);
  }

  /** Names all faces of a photo, from left to right. @throws ProblemError, CancelledError */
  async recognise(photo: Blob, signal: AbortSignal): Promise<RecognisedPhoto> {
    const picture = await openPhoto(photo);
    throwIfAborted(signal);
    const faces = allFaces(picture, this.detect);
    const embeddings = await this.embed(faces, signal);
    return {
      ...photoSize(picture),
      faces: faces.map(({ box }, i) => this.named(box, present(embeddings[i], 'an embedding'))),
    };
  }

  /** Compares the largest faces of two photos. @throws ProblemError where one has none; CancelledError */
  async compare(
    first: Blob,
    second: Blob,
    signal: AbortSignal,
  ): Promise<{ readonly cosine: number; readonly boxes: readonly [Box, Box] }> {
    const [one, other] = [await this.onlyFace(first, 'first'), await this.onlyFace(second, 'second')];
    const [a, b] = await this.embed([one, other], signal);
    const cosine = cosineOf(present(a, 'an embedding'), present(b, 'an embedding'));
    return { cosine, boxes: [one.box, other.box] };
  }

  /** The aligned face in a box of a photo as PNG; null where there is none. @throws ProblemError */
  async face(photo: Blob, box: Box): Promise<Blob | null> {
    const [best] = allFaces(await openPhoto(photo), this.detect)
      .map((face) => ({ face, iou: overlap(face.box, box) }))
      .sort((a, b) => b.iou - a.iou);
    return best && best.iou >= SAME_BOX ? toPng(best.face.pixels) : null;
  }

  /**
   * Names the faces in the next frame of a camera. The whole picture is looked at now and then, at once, so that small faces
   * far from the camera are not found; between that, faces are looked for near where they were. Who it is is decided by the
   * mean of embeddings over some frames.
   *
   * @param first whether another video begins
   */
  async frame(picture: ImagePyramid, first: boolean, signal: AbortSignal): Promise<RecognisedPhoto> {
    const follower = this.follower;
    if (first) follower.clear();
    follower.look(
      (face) => {
        const near = findNear(picture, this.detect, face);
        return near && plausible(near) ? near : null;
      },
      () => findAtOnce(picture, this.detect).filter(plausible),
    );
    const due = follower.due().map((followed) => {
      const close = lookCloser(picture, this.detect, followed.found);
      return { followed, face: close && plausible(close) ? aligned(picture, close) : null };
    });
    const clear = due.flatMap(({ face }) => (face ? [face] : []));
    const embeddings = await this.embed(clear, signal);
    for (const { followed, face } of due) {
      follower.embedded(followed, face && present(embeddings[clear.indexOf(face)], 'an embedding'));
    }
    return {
      ...photoSize(picture),
      faces: follower.shown().map(({ box, embedding }) => this.named(box, embedding)),
    };
  }

  private async embed(faces: readonly AlignedFace[], signal: AbortSignal): Promise<Float32Array[]> {
    if (faces.length === 0) return [];
    return this.model.embed(
      faces.map(({ pixels }) => pixels),
      signal,
    );
  }

  /** @param embedding null for a face that none could be made of yet */
  private named(box: Box, embedding: Float32Array | null): RecognisedFace {
    if (embedding === null) return { box, best: null, second: null, known: false };
    return { box, ...this.gallery.decide(embedding, this.threshold) };
  }

  private async faceOf(photo: Blob, isAligned: boolean): Promise<AlignedFace | null> {
    const picture = await openPhoto(photo);
    return isAligned ? wholeFace(picture) : largestFace(picture, this.detect);
  }

  private async onlyFace(photo: Blob, which: string): Promise<AlignedFace> {
    const face = await this.faceOf(photo, false);
    if (face) return face;
    throw new ProblemError(
      `No face was found in the ${which} photo.`,
      'Choose a photo with a larger, clearer face.',
    );
  }
}
