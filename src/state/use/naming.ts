import type { RecognisedFace, RecognisedPhoto } from '../../protocol/recognise.ts';

/** What a face is called whose most similar person does not reach the threshold. */
export const UNKNOWN = 'unknown';
export const NO_FACE = 'no face';

/**
 * Whether a face is its most similar person.
 *
 * @param threshold cosine
 */
export const isKnown = ({ best }: RecognisedFace, threshold: number): boolean =>
  best !== null && best.cosine >= threshold;

/** The name of a face at a threshold (cosine). */
export const nameOf = (face: RecognisedFace, threshold: number): string =>
  face.best !== null && isKnown(face, threshold) ? face.best.name : UNKNOWN;

/** Names of all faces, from left to right. */
export const namesOf = ({ faces }: RecognisedPhoto, threshold: number): string[] =>
  faces.map((face) => nameOf(face, threshold));

/** The names found: in one photo one for each face, in several photos every name once. */
export function resultText(photos: readonly RecognisedPhoto[], threshold: number): string {
  const names = photos.flatMap((photo) => namesOf(photo, threshold));
  if (names.length === 0) return NO_FACE;
  return (photos.length === 1 ? names : [...new Set(names)]).join(', ');
}
