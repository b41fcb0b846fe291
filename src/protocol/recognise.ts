import type { OperatingPoint, OperatingPointName } from '../domain/operating-point.ts';
import type { GalleryPersonId } from '../lib/brand.ts';

/** What recognises: a model that was downloaded earlier, or the pretrained network. */
export interface RecogniserModel {
  readonly name: string;
  readonly embeddingSize: number;
  /** Whether it was trained by this program; null: the pretrained network as it is. */
  readonly trained: boolean;
  /** Whom it knows: people it was trained on, and held-out ones who are enrolled. */
  readonly people: { readonly trained: number; readonly enrolled: number };
  /** Cosine from which on a face has the name of the most similar person, with its rates where they were measured. */
  readonly threshold: {
    readonly cosine: number;
    readonly operatingPoint: OperatingPointName | null;
    /** Fractions, cross-validated; null where nothing was measured. */
    readonly rates: { readonly falseAccept: number; readonly falseReject: number } | null;
  };
  /** For comparing two photos. A threshold for naming is stricter: there each face is compared with everybody. */
  readonly pairs: PairThresholds;
}

export interface PairThresholds {
  /** Cosine from which on two faces count as one person. */
  readonly threshold: number;
  /** Measured thresholds, the loosest first; none where nothing was measured. */
  readonly points: readonly OperatingPoint[];
}

export interface GalleryPerson {
  readonly id: GalleryPersonId;
  readonly name: string;
  /** Faces that the person was enrolled from; 0 for one who came with the model. */
  readonly faces: number;
}

/** A rectangle in pixels of the picture. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Candidate {
  readonly person: GalleryPersonId;
  readonly name: string;
  /** Of the face and the person, -1 to 1. */
  readonly cosine: number;
}

export interface RecognisedFace {
  readonly box: Box;
  /** The most similar person of the gallery; null where it is empty. */
  readonly best: Candidate | null;
  /** The next one; null with fewer than two people. */
  readonly second: Candidate | null;
  /** Whether `best` reaches the threshold; else the face is unknown. */
  readonly known: boolean;
}

export interface RecognisedPhoto {
  readonly width: number;
  readonly height: number;
  readonly faces: readonly RecognisedFace[];
}

/** Changes of the gallery that can be undone. */
export const UNDO_STEPS = 20;

/** The calls that the recogniser worker answers. */
export interface RecogniserCalls {
  /** Takes a .zip that this program wrote, or the pretrained network for null. The gallery begins with the people of the model. */
  readonly open: {
    readonly args: { readonly model: Blob | null };
    readonly result: { readonly model: RecogniserModel; readonly people: readonly GalleryPerson[] };
  };
  readonly setThreshold: { readonly args: { readonly cosine: number }; readonly result: null };
  /** Adds the largest face of each photo to a person, who is new where there is none of that name. No training. */
  readonly enrol: {
    readonly args: {
      readonly name: string;
      readonly photos: readonly Blob[];
      /** Whether the photos are aligned 112 x 112 faces already. */
      readonly aligned: boolean;
    };
    readonly result: {
      readonly people: readonly GalleryPerson[];
      readonly enrolled: number;
      /** Indices of the photos in which no face was found. */
      readonly withoutFace: readonly number[];
    };
  };
  readonly remove: {
    readonly args: { readonly person: GalleryPersonId };
    readonly result: { readonly people: readonly GalleryPerson[] };
  };
  /**
   * Takes the last `enrol` that added a face, or `remove`, back; called again, the one before, {@link UNDO_STEPS} at most and not
   * beyond `open` and `loadGallery`. @throws ProblemError where nothing is left to be undone
   */
  readonly undo: { readonly args: null; readonly result: { readonly people: readonly GalleryPerson[] } };
  /** The gallery as a file, for the same model. */
  readonly saveGallery: { readonly args: null; readonly result: Blob };
  /** Replaces the gallery. @throws ProblemError where it is damaged, newer or of another model's embedding size */
  readonly loadGallery: {
    readonly args: { readonly file: Blob };
    readonly result: { readonly people: readonly GalleryPerson[] };
  };
  /** Names all faces in a photo, from left to right. */
  readonly recognise: { readonly args: { readonly photo: Blob }; readonly result: RecognisedPhoto };
  /** Compares the largest face of each of two photos. */
  readonly compare: {
    readonly args: { readonly first: Blob; readonly second: Blob };
    readonly result: { readonly cosine: number; readonly boxes: readonly [Box, Box] };
  };
  /** Names the faces in a frame of a camera, which is handed over and closed. Boxes and names are steady from frame to frame. */
  readonly frame: {
    readonly args: { readonly frame: ImageBitmap; readonly first: boolean };
    readonly result: RecognisedPhoto;
  };
  /** The aligned 112 x 112 face in a box of a photo, to be added to the training photos. */
  readonly face: {
    readonly args: { readonly photo: Blob; readonly box: Box };
    readonly result: Blob | null;
  };
}

export type RecogniserEvent = { readonly kind: 'loading'; readonly done: number; readonly total: number };
