import { assert, present } from '../../lib/assert.ts';
import type { Candidate } from './boxes.ts';

/** Which of the faces in a photo is the labelled person. */
export type FaceSelection =
  | { readonly kind: 'none' }
  | { readonly kind: 'one'; readonly face: Candidate; readonly several: boolean }
  /** None stands out: largest first. */
  | { readonly kind: 'ambiguous'; readonly faces: readonly Candidate[] };

/** A face below this share of the first's weight is background: no second person to be flagged. */
const BACKGROUND = 0.45;
/** Faces whose weights are this close are ambiguous. */
const CLOSE = 0.95;
/** Odds (p / (1 - p)) from which the detector's score is trusted fully. */
const FULL_ODDS = 3;

/**
 * Selects the largest face near the middle.
 *
 * Weight = width of the face x (1 - 0.5 d^2) x min(1, odds / 3)^2, d = distance of its centre from the picture's
 * middle over half the picture's diagonal (in the corner a face must be twice as wide as in the middle), odds =
 * p / (1 - p) of the detector's score: folds of clothes that look a little like a face are often large. Not chosen at all when the
 * second weighs at least {@link CLOSE} of the first and neither of them holds the middle.
 */
export function selectFace(candidates: readonly Candidate[], width: number, height: number): FaceSelection {
  const weighed = candidates
    .map((face) => ({ face, ...weigh(face, width, height) }))
    .sort((a, b) => b.weight - a.weight);
  const first = weighed[0];
  if (!first) return { kind: 'none' };
  const rivals = weighed.filter(({ weight }) => weight >= BACKGROUND * first.weight);
  const second = rivals[1];
  if (
    second &&
    second.weight >= CLOSE * first.weight &&
    first.distance > 0.15 &&
    second.distance < first.distance + 0.2
  ) {
    return { kind: 'ambiguous', faces: rivals.slice(0, 8).map(({ face }) => face) };
  }
  return { kind: 'one', face: first.face, several: rivals.length > 1 };
}

function weigh(face: Candidate, width: number, height: number): { weight: number; distance: number } {
  assert(width > 0 && height > 0, 'the picture has a size');
  const dx = face.x + face.width / 2 - width / 2;
  const dy = face.y + face.height / 2 - height / 2;
  const distance = Math.hypot(dx, dy) / (Math.hypot(width, height) / 2);
  const trust = Math.min(1, face.score / (1 - face.score) / FULL_ODDS) ** 2;
  return { weight: face.width * (1 - 0.5 * Math.min(1, distance) ** 2) * trust, distance };
}

/** True when the points lie like those of a face: the eyes apart, and the mouth on the nose's side of them. */
export function plausible(face: Candidate): boolean {
  const [right, left, nose, mouth] = [0, 1, 2, 3].map((i) => present(face.points[i], 'a point'));
  if (!right || !left || !nose || !mouth) return false;
  const eyes = Math.hypot(left.x - right.x, left.y - right.y);
  const middle = { x: (left.x + right.x) / 2, y: (left.y + right.y) / 2 };
  const down = Math.hypot(mouth.x - middle.x, mouth.y - middle.y);
  return eyes > face.width * 0.05 && down > face.width * 0.1;
}
