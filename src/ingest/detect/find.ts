import { base, type ImagePyramid } from '../image-pyramid.ts';
import type { Detector } from './blazeface.ts';
import {
  type Candidate,
  HALF_INPUT_SIZE,
  INPUT_SIZE,
  type InputSize,
  join,
  overlap,
  type Region,
} from './boxes.ts';

/** A detection with this score in the first pass is accepted without a second one. */
const SURE = 0.75;
/** Faces below this share of the picture's long side are looked for in tiles, too. */
const SMALL = 0.16;
/** Sides of the tiles, as shares of the picture's long side. */
const TILES = [0.6, 0.33];
/** A face of this share of the long side, found in the larger tiles, makes the smaller ones needless. */
const TINY = 0.08;
/** Tiles are not cut smaller than this, in pixels of the picture. */
const SMALLEST_TILE = 96;
/** A face narrower than this in the detector's input is detected again in a closer crop. */
const COARSE = 64;
/** Share of the picture beyond which a face leaves the detector too little around it. */
const FILLS = 0.62;
/** Sides of the closer crops, in widths of the face, and the score that both must reach. */
const CLOSE = 2.6;
const WIDER = 3.6;
const CONFIRMED = 0.5;
/** Side of the region around where a face was in the frame before, in widths of the face. */
const NEAR = 2.2;
/** Faces below this share of the largest get no second pass, where one person is looked for. */
const BACKGROUND = 0.35;
/** Most candidates of one picture that get the second pass, where one person is looked for, or everybody. */
const MOST = 12;
const MOST_OF_ALL = 64;

/**
 * Finds the faces of a picture, small ones too.
 *
 * 1. The whole picture in one square. Enough when it finds one confident, large enough face with room around it.
 * 2. With a margin around the picture when nothing was found or the face fills it: the detector was trained on faces
 *    with their surroundings.
 * 3. Overlapping tiles when no face of some size was found; smaller tiles when the larger ones show none of some size either.
 * 4. Small and uncertain ones are detected again in a crop around them: this gives precise points, and drops what is
 *    not a face.
 */
export function findFaces(picture: ImagePyramid, detect: Detector): Candidate[] {
  const { width, height } = base(picture);
  const long = Math.max(width, height);
  const everything = around(width / 2, height / 2, long);
  const first = detect(picture, everything);
  const wide = widest(first);
  if (wide !== null && wide.width >= SMALL * long && wide.width <= FILLS * long) {
    const settled = settle(picture, detect, first, long);
    if ((widest(settled)?.width ?? 0) >= SMALL * long) return settled;
  }
  let found = [...first];
  if (wide === null || wide.width > FILLS * long) {
    found.push(...detect(picture, around(width / 2, height / 2, long * 1.7)));
  }
  if (widestSure(found) < SMALL * long) {
    for (const share of TILES) {
      for (const region of tiles(width, height, share)) found.push(...detect(picture, region));
      if (widestSure(found) >= TINY * long) break;
    }
  }
  found = join(found);
  return settle(picture, detect, found, long);
}

/**
 * Finds all faces of a picture, those in the background too: as {@link findFaces}, but tiles of both sizes are looked at
 * where a face that only they would show is large enough, and small faces beside large ones are kept.
 *
 * @param smallest narrowest face that is of use, in pixels of the picture
 */
export function findAllFaces(picture: ImagePyramid, detect: Detector, smallest: number): Candidate[] {
  const { width, height } = base(picture);
  const long = Math.max(width, height);
  const found = detect(picture, around(width / 2, height / 2, long));
  const wide = widest(found);
  if (wide === null || wide.width > FILLS * long) {
    found.push(...detect(picture, around(width / 2, height / 2, long * 1.7)));
  }
  let side = long;
  for (const share of TILES) {
    // What the regions so far were large enough to show; small pictures of one face end here.
    if (TINY * side <= smallest && widestSure(found) >= SMALL * long) break;
    for (const region of tiles(width, height, share)) found.push(...detect(picture, region));
    side = share * long;
  }
  const faces = settle(picture, detect, join(found), long, { most: MOST_OF_ALL, background: 0 });
  return faces.filter((face) => face.width >= smallest);
}

/** The faces that one look at the whole picture shows, small ones not very precisely: what there is time for in a video. */
export function findAtOnce(picture: ImagePyramid, detect: Detector): Candidate[] {
  const { width, height } = base(picture);
  return detect(picture, around(width / 2, height / 2, Math.max(width, height)));
}

/** A face of the frame before, near where it was then; null where it is not there. A quarter of the work of {@link findAtOnce}. */
export const findNear = (picture: ImagePyramid, detect: Detector, before: Candidate): Candidate | null =>
  look(picture, detect, before, NEAR, HALF_INPUT_SIZE);

/** A face that {@link findAtOnce} showed, in a closer crop where it was small; null where that shows none. */
export function lookCloser(picture: ImagePyramid, detect: Detector, face: Candidate): Candidate | null {
  const { width, height } = base(picture);
  if (face.width * (INPUT_SIZE / Math.max(width, height)) >= COARSE) return face;
  return look(picture, detect, face, CLOSE);
}

/** Regions of side `side` around a centre. */
export const around = (x: number, y: number, side: number): Region => ({
  x: x - side / 2,
  y: y - side / 2,
  side,
});

/**
 * Overlapping squares that cover the picture, neighbours sharing about a third; none where they would be too small.
 *
 * @param share their side, as a share of the picture's long side; not more than the short one
 */
export function tiles(width: number, height: number, share: number): Region[] {
  const side = Math.min(width, height, Math.max(width, height) * share);
  if (side < SMALLEST_TILE) return [];
  const places = (length: number): number[] => {
    const count = Math.max(1, Math.ceil((length - side) / (side * 0.65)) + 1);
    return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : ((length - side) * i) / (count - 1)));
  };
  return places(height).flatMap((y) => places(width).map((x) => ({ x, y, side })));
}

const isSure = (candidate: Candidate): boolean => candidate.score >= SURE;

function widest(candidates: readonly Candidate[]): Candidate | null {
  return candidates.reduce<Candidate | null>(
    (best, one) => (best && best.width >= one.width ? best : one),
    null,
  );
}

/** Width of the widest face that is sure, in what several passes found; 0 where none is. */
const widestSure = (found: readonly Candidate[]): number => widest(join(found.filter(isSure)))?.width ?? 0;

/** Detects small and uncertain faces again in closer crops; drops those not found again. */
function settle(
  picture: ImagePyramid,
  detect: Detector,
  found: readonly Candidate[],
  seen: number,
  { most, background } = { most: MOST, background: BACKGROUND },
): Candidate[] {
  const looked = [...found].sort((a, b) => b.width * b.score - a.width * a.score).slice(0, most);
  const largest = widest(looked)?.width ?? 0;
  const faces = looked.flatMap((candidate) => {
    // Beside a face of some size, much smaller ones are background and skipped.
    if (candidate.width < background * largest && looked.some(isSure)) return [];
    const precise = candidate.width * (INPUT_SIZE / seen) >= COARSE && isSure(candidate);
    if (precise) return [candidate];
    const again = lookAgain(picture, detect, candidate);
    return again ? [again] : [];
  });
  return join(faces);
}

/** Two closer crops, of which the lower score counts: what is not a face rarely passes at both scales. */
function lookAgain(picture: ImagePyramid, detect: Detector, candidate: Candidate): Candidate | null {
  const close = look(picture, detect, candidate, CLOSE);
  const wider = close && look(picture, detect, close, WIDER);
  if (!wider || Math.min(close.score, wider.score) < CONFIRMED) return null;
  return { ...close, score: Math.min(close.score, wider.score) };
}

function look(
  picture: ImagePyramid,
  detect: Detector,
  candidate: Candidate,
  share: number,
  inputSize: InputSize = INPUT_SIZE,
): Candidate | null {
  const x = candidate.x + candidate.width / 2;
  const y = candidate.y + candidate.height / 2;
  return (
    detect(picture, around(x, y, candidate.width * share), inputSize)
      .filter((one) => overlap(one, candidate) > 0.2)
      .sort((a, b) => b.score - a.score)[0] ?? null
  );
}
