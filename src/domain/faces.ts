import type { PersonId, SampleId } from '../lib/brand.ts';

/** Edge of an aligned face in pixels: the InsightFace 112x112 template. */
export const FACE_SIZE = 112;

/** A file as it was dropped: its path inside what was dropped, and a handle; the bytes stay on disk. */
export interface SourceFile {
  /** Relative path with '/' between folders, e.g. `people/Ada/1.jpg`. Never trusted. */
  readonly path: string;
  readonly file: File;
}

/** What the person should know about a face that is used. */
export type FaceFlag =
  | 'several-faces' // the largest near the middle was taken
  | 'whole-picture' // no face was found; the person said to use the picture as it is
  | 'chosen' // the person chose this face out of several
  | 'as-is' // the photo was an aligned crop already
  | 'low-resolution'; // the face was enlarged to fill the template

/** An aligned face, ready for training. The pixels stay in a lossless PNG blob: a handle, cheap to keep. */
export interface IngestedFace {
  readonly id: SampleId;
  readonly path: string;
  /** Name of the person by folder, list or file name; null for a photo without one. */
  readonly label: string | null;
  /** PNG, FACE_SIZE x FACE_SIZE, opaque RGB. Shown as the thumbnail and decoded again for training. */
  readonly image: Blob;
  readonly flags: readonly FaceFlag[];
  /** Width of the face in the photo, in pixels of the photo. */
  readonly faceWidth: number;
  /** Faces of earlier files that this is a copy of: re-encoded, scaled or mirrored. */
  readonly copyOf?: readonly SampleId[];
}

export type RejectReason =
  | { readonly kind: 'empty' }
  | { readonly kind: 'system-file' } // .DS_Store, Thumbs.db, __MACOSX
  | { readonly kind: 'not-an-image'; readonly looksLike: string }
  | { readonly kind: 'network' } // part of a TensorFlow.js model: belongs on the Train screen
  | { readonly kind: 'unsupported'; readonly format: string }
  | { readonly kind: 'damaged'; readonly detail: string }
  | { readonly kind: 'too-large'; readonly detail: string }
  | { readonly kind: 'not-unpacked'; readonly detail: string } // an entry of a .zip
  | { readonly kind: 'label-list' } // the list that names the people: read, but no photo
  | { readonly kind: 'unnamed'; readonly list: string | null } // by the list, or by its own file name
  | { readonly kind: 'no-face' }
  | { readonly kind: 'several-faces'; readonly count: number }
  | { readonly kind: 'too-small'; readonly faceWidth: number }
  | { readonly kind: 'duplicate'; readonly of: string }
  | { readonly kind: 'removed' }; // by the person, on the Data screen

/** A file that gave no face, with its reason and, where there is one, a way to use it all the same. */
export interface RejectedFile {
  readonly id: SampleId;
  readonly path: string;
  readonly label: string | null;
  readonly reason: RejectReason;
  /** Aligned pictures to choose from: the candidate faces, or the middle square of the photo. */
  readonly alternatives: readonly {
    readonly image: Blob;
    readonly flag: FaceFlag;
    readonly faceWidth: number;
  }[];
}

/** What the trainer is given: class k is `people[k]`. */
export interface TrainingSet {
  readonly people: readonly { readonly id: PersonId; readonly name: string }[];
  readonly faces: readonly { readonly id: SampleId; readonly person: number; readonly image: Blob }[];
  /** Faces that show one photo, as pairs of indices into `faces`: they stay together when faces are held out. */
  readonly nearCopies?: readonly (readonly [number, number])[];
}

/**
 * Held-out people, with the pairs to verify.
 * Without `folds` all pairs are used.
 */
export interface VerificationSet {
  readonly people: readonly string[];
  readonly faces: readonly { readonly person: number; readonly image: Blob }[];
  /** Pairs as indices into `faces`, by fold, as in LFW's pairs.txt. */
  readonly folds: readonly (readonly VerificationPair[])[] | null;
}

export interface VerificationPair {
  readonly a: number;
  readonly b: number;
  readonly genuine: boolean;
}
