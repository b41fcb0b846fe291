import type { Point } from '../image-pyramid.ts';

/** Left, top, width and height. */
interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A detected face: its box in coordinates of the picture. */
export interface Candidate extends Rectangle {
  /** Probability in (0, 1) that it is a face. */
  readonly score: number;
  /** Right eye, left eye (the person's own), nose, middle of the mouth. */
  readonly points: readonly Point[];
}

/** Edge of the input in pixels that the detector was trained with. */
export const INPUT_SIZE = 256;
/** Half of that: a quarter of the work, for a region in which a face fills about half of the input. */
export const HALF_INPUT_SIZE = 128;
export type InputSize = typeof INPUT_SIZE | typeof HALF_INPUT_SIZE;

/**
 * Centres of the anchors in input pixels, in the order of the network's outputs: of an input of 256 a 16 x 16 grid with 2
 * anchors in each cell, then 8 x 8 with 6, 896 in all (BlazeFace, arXiv 1907.05047, section 3.2).
 */
const anchorsOf = (inputSize: InputSize): readonly Point[] =>
  [
    { stride: 16, each: 2 },
    { stride: 32, each: 6 },
  ].flatMap(({ stride, each }) => {
    const cells = inputSize / stride;
    return Array.from({ length: cells * cells * each }, (_, i) => {
      const cell = Math.floor(i / each);
      return { x: ((cell % cells) + 0.5) * stride, y: (Math.floor(cell / cells) + 0.5) * stride };
    });
  });

export const ANCHORS: Readonly<Record<InputSize, readonly Point[]>> = {
  [INPUT_SIZE]: anchorsOf(INPUT_SIZE),
  [HALF_INPUT_SIZE]: anchorsOf(HALF_INPUT_SIZE),
};

/** The part of the picture that the detector was shown: a square, which may reach beyond the picture. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/**
 * Reads the network's outputs.
 *
 * @param logits [anchors] face scores before the sigmoid
 * @param values [anchors, 16]: box centre and size, then six points, in input pixels; centres relative to the anchor
 */
export function readOutputs(
  logits: ArrayLike<number>,
  values: ArrayLike<number>,
  region: Region,
  threshold: number,
  inputSize: InputSize = INPUT_SIZE,
): Candidate[] {
  const scale = region.side / inputSize;
  const logitThreshold = Math.log(threshold / (1 - threshold));
  const found: Candidate[] = [];
  ANCHORS[inputSize].forEach((anchor, i) => {
    const logit = logits[i] ?? Number.NEGATIVE_INFINITY;
    if (!(logit >= logitThreshold)) return;
    const value = (k: number): number => values[i * 16 + k] ?? 0;
    const at = (k: number): Point => ({
      x: region.x + (value(k) + anchor.x) * scale,
      y: region.y + (value(k + 1) + anchor.y) * scale,
    });
    const centre = at(0);
    const width = value(2) * scale;
    const height = value(3) * scale;
    if (!(width > 0 && height > 0)) return;
    found.push({
      x: centre.x - width / 2,
      y: centre.y - height / 2,
      width,
      height,
      score: 1 / (1 + Math.exp(-logit)),
      points: [at(4), at(6), at(8), at(10)],
    });
  });
  return found;
}

/** Area of the common part over the area of both together. */
export function overlap(a: Rectangle, b: Rectangle): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (!(width > 0 && height > 0)) return 0;
  const both = width * height;
  return both / (a.width * a.height + b.width * b.height - both);
}

/** True when the centre of `a` lies in the middle part of `b`, or the other way round: one face detected twice. */
function sameFace(a: Candidate, b: Candidate): boolean {
  const [small, large] = a.width < b.width ? [a, b] : [b, a];
  const dx = Math.abs(small.x + small.width / 2 - large.x - large.width / 2);
  const dy = Math.abs(small.y + small.height / 2 - large.y - large.height / 2);
  return dx < large.width * 0.35 && dy < large.height * 0.35 && small.width > large.width * 0.35;
}

/**
 * Weighted non-maximum suppression: boxes of one face are blended, each with the weight of its score, instead of
 * all but one being discarded (BlazeFace, section 3.4): points jitter less.
 */
export function blend(candidates: readonly Candidate[], limit = 0.3): Candidate[] {
  const rest = [...candidates].sort((a, b) => b.score - a.score);
  const faces: Candidate[] = [];
  while (rest.length > 0) {
    const best = rest[0];
    if (!best) break;
    const same = rest.filter((other) => other === best || overlap(best, other) > limit);
    for (const one of same) rest.splice(rest.indexOf(one), 1);
    faces.push(weightedMean(best, same));
  }
  return faces;
}

/** Merges the detections of several passes: of one face, that with the highest score is kept. */
export function join(candidates: readonly Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of [...candidates].sort((a, b) => b.score - a.score)) {
    if (!kept.some((other) => overlap(candidate, other) > 0.25 || sameFace(candidate, other)))
      kept.push(candidate);
  }
  return kept;
}

function weightedMean(best: Candidate, same: readonly Candidate[]): Candidate {
  const total = same.reduce((sum, one) => sum + one.score, 0);
  const mean = (pick: (one: Candidate) => number): number =>
    same.reduce((sum, one) => sum + pick(one) * one.score, 0) / total;
  return {
    x: mean((one) => one.x),
    y: mean((one) => one.y),
    width: mean((one) => one.width),
    height: mean((one) => one.height),
    score: best.score,
    points: best.points.map((_, i) => ({
      x: mean((one) => one.points[i]?.x ?? 0),
      y: mean((one) => one.points[i]?.y ?? 0),
    })),
  };
}
