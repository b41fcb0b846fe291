import { describeReason } from '../domain/reject-reason.ts';
import { alignFace, middleSquare } from '../ingest/align.ts';
import { decode, FILE_LIMIT } from '../ingest/decode/decode.ts';
import type { Detector } from '../ingest/detect/blazeface.ts';
import type { Candidate } from '../ingest/detect/boxes.ts';
import { findAllFaces, findFaces } from '../ingest/detect/find.ts';
import { plausible, selectFace } from '../ingest/detect/select-face.ts';
import { base, type ImagePyramid } from '../ingest/image-pyramid.ts';
import { SMALLEST_FACE } from '../ingest/photo.ts';
import type { Pixels } from '../ingest/pixels.ts';
import { ProblemError } from '../lib/problem.ts';
import type { Box } from '../protocol/recognise.ts';

/** A face of a photo, aligned. */
export interface AlignedFace {
  /** In pixels of the photo. */
  readonly box: Box;
  /** FACE_SIZE x FACE_SIZE. */
  readonly pixels: Pixels;
}

/** @throws ProblemError that says why the file is no picture */
export async function openPhoto(file: Blob): Promise<ImagePyramid> {
  if (file.size > FILE_LIMIT) {
    throw new ProblemError(
      `The file has ${Math.round(file.size / 1e6)} MB; a photo has at most ${FILE_LIMIT / 1e6}.`,
      'Choose a photo.',
    );
  }
  const decoded = await decode(new Uint8Array(await file.arrayBuffer()));
  if (decoded.ok) return decoded.picture;
  throw new ProblemError(describeReason(decoded.reason), 'Choose another photo.');
}

/** Width and height of the photo itself, which may have been made smaller for looking at. */
export function photoSize(picture: ImagePyramid): { readonly width: number; readonly height: number } {
  const { width, height } = base(picture);
  return { width: Math.round(width * picture.reduction), height: Math.round(height * picture.reduction) };
}

/** All faces of a photo that are wide enough to be told apart, from left to right. */
export function allFaces(picture: ImagePyramid, detect: Detector): AlignedFace[] {
  return findAllFaces(picture, detect, SMALLEST_FACE / picture.reduction)
    .filter(plausible)
    .sort((a, b) => a.x + a.width / 2 - (b.x + b.width / 2))
    .map((face) => aligned(picture, face));
}

/**
 * The largest face of a photo, by the rule by which photos for training are imported (`selectFace`: near the middle counts,
 * too), also where others are nearly as large; null where there is none.
 */
export function largestFace(picture: ImagePyramid, detect: Detector): AlignedFace | null {
  const { width, height } = base(picture);
  const choice = selectFace(findFaces(picture, detect).filter(plausible), width, height);
  const face =
    choice.kind === 'one' ? choice.face : choice.kind === 'ambiguous' ? choice.faces[0] : undefined;
  return face && face.width * picture.reduction >= SMALLEST_FACE ? aligned(picture, face) : null;
}

/** A photo that is an aligned face already. */
export function wholeFace(picture: ImagePyramid): AlignedFace {
  return { box: { x: 0, y: 0, ...photoSize(picture) }, pixels: middleSquare(picture).pixels };
}

/** @returns the box in pixels of the photo */
export function aligned(picture: ImagePyramid, face: Candidate): AlignedFace {
  return { box: scaled(face, picture.reduction), pixels: alignFace(picture, face.points).pixels };
}

const scaled = ({ x, y, width, height }: Box, by: number): Box => ({
  x: x * by,
  y: y * by,
  width: width * by,
  height: height * by,
});
