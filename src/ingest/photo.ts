import type { FaceFlag, RejectReason } from '../domain/faces.ts';
import { type AlignedPixels, alignFace, middleSquare } from './align.ts';
import type { Detector } from './detect/blazeface.ts';
import type { Candidate } from './detect/boxes.ts';
import { findFaces } from './detect/find.ts';
import { plausible, selectFace } from './detect/select-face.ts';
import { base, type ImagePyramid } from './image-pyramid.ts';
import type { Pixels } from './pixels.ts';

/** Faces narrower than this in the photo have too little detail. */
export const SMALLEST_FACE = 24;
/** Enlarged by more than this, a face is flagged. */
const LOW_RESOLUTION = 1.5;

/** An aligned face, not yet encoded as PNG. */
export interface Crop {
  readonly pixels: Pixels;
  readonly flags: readonly FaceFlag[];
  readonly faceWidth: number;
}

/** The result of a decoded photo. */
export type Outcome =
  | { readonly kind: 'face'; readonly crop: Crop; readonly face: Candidate | null }
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly alternatives: readonly Crop[] };

/** Finds the person in a photo and aligns the face, or says why there is none, with what could be used. */
export function findPerson(picture: ImagePyramid, detect: Detector): Outcome {
  const { width, height } = base(picture);
  const choice = selectFace(findFaces(picture, detect).filter(plausible), width, height);
  switch (choice.kind) {
    case 'none': {
      const middle = middleSquare(picture);
      const faceWidth = Math.min(width, height) * picture.reduction;
      return {
        kind: 'rejected',
        reason: { kind: 'no-face' },
        alternatives: [toCrop(middle, ['whole-picture'], faceWidth)],
      };
    }
    case 'ambiguous':
      return {
        kind: 'rejected',
        reason: { kind: 'several-faces', count: choice.faces.length },
        alternatives: choice.faces.map((face) => cropOf(picture, face, ['chosen'])),
      };
    case 'one': {
      const crop = cropOf(picture, choice.face, choice.several ? ['several-faces'] : []);
      if (crop.faceWidth >= SMALLEST_FACE) return { kind: 'face', crop, face: choice.face };
      return {
        kind: 'rejected',
        reason: { kind: 'too-small', faceWidth: Math.round(crop.faceWidth) },
        alternatives: [{ ...crop, flags: ['chosen', 'low-resolution'] }],
      };
    }
  }
}

/** Takes the photo as it is: its middle square, scaled. */
export function useAsIs(picture: ImagePyramid): Outcome {
  const { width, height } = base(picture);
  const faceWidth = Math.min(width, height) * picture.reduction;
  return { kind: 'face', crop: toCrop(middleSquare(picture), ['as-is'], faceWidth), face: null };
}

function cropOf(picture: ImagePyramid, face: Candidate, flags: readonly FaceFlag[]): Crop {
  return toCrop(alignFace(picture, face.points), flags, face.width * picture.reduction);
}

function toCrop(aligned: AlignedPixels, flags: readonly FaceFlag[], faceWidth: number): Crop {
  const small: FaceFlag[] = aligned.enlargement > LOW_RESOLUTION ? ['low-resolution'] : [];
  return { pixels: aligned.pixels, flags: [...flags, ...small], faceWidth };
}
