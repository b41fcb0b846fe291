import type { AngleHistogram } from '../domain/training-report.ts';
import { assert, present } from '../lib/assert.ts';
import { radians, toDegrees } from '../lib/brand.ts';
import { notANumber } from './ranked-pairs.ts';

const BIN_WIDTH = 3;
const BINS = 180 / BIN_WIDTH;

export interface AngleInput {
  /** [N, K], the cosine of each embedding with each class centre. */
  readonly cosines: Float32Array;
  /** K. */
  readonly classes: number;
  /** labels[i] is the class of embedding i, 0 ... K-1. */
  readonly labels: readonly number[];
}

/**
 * How far, in degrees, embeddings are from the centre of their class and from the nearest other one.
 *
 * Bins of 3 degrees over 0 ... 180; 180 itself falls into the last one. With one class there is no other:
 * `nearestOther` is then all zeros and its mean 0; the same holds for both without embeddings.
 *
 * @throws ProblemError when a cosine is NaN.
 */
export function angleHistogram({ cosines, classes, labels }: AngleInput): AngleHistogram {
  assert(classes >= 1 && cosines.length === labels.length * classes, 'a cosine for each face and class');
  const target = new Array<number>(BINS).fill(0);
  const nearestOther = new Array<number>(BINS).fill(0);
  let targetSum = 0;
  let otherSum = 0;
  labels.forEach((label, row) => {
    assert(Number.isInteger(label) && label >= 0 && label < classes, 'a label names a class');
    let nearest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) {
      const cosine = present(cosines[row * classes + k], 'cosine');
      if (Number.isNaN(cosine)) throw notANumber();
      if (k === label) targetSum += count(target, cosine);
      else if (cosine > nearest) nearest = cosine;
    }
    if (classes > 1) otherSum += count(nearestOther, nearest);
  });
  const mean = (sum: number): number => (labels.length === 0 ? 0 : sum / labels.length);
  return {
    binWidth: BIN_WIDTH,
    target,
    nearestOther,
    targetMean: mean(targetSum),
    nearestOtherMean: mean(otherSum),
  };
}

/** Counts the angle of this cosine and returns it in degrees. Rounding may take a cosine just past 1. */
function count(bins: number[], cosine: number): number {
  const angle = toDegrees(radians(Math.acos(Math.min(1, Math.max(-1, cosine)))));
  const bin = Math.min(BINS - 1, Math.floor(angle / BIN_WIDTH));
  bins[bin] = present(bins[bin], 'bin') + 1;
  return angle;
}
