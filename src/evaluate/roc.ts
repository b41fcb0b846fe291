import type { RocPoint } from '../domain/verification.ts';
import { present } from '../lib/assert.ts';
import type { RankedPairs } from './ranked-pairs.ts';

/** Pairs accepted at each distinct similarity, from the strictest threshold to the least strict, after (0, 0). */
export interface RocCounts {
  /** Impostor pairs accepted. */
  readonly impostors: Uint32Array;
  /** Genuine pairs accepted. */
  readonly genuines: Uint32Array;
  readonly impostorPairs: number;
  readonly genuinePairs: number;
}

const MAX_POINTS = 300;

/** One point per distinct similarity: pairs that tie are accepted together, as a real threshold would. */
export function rocCounts(pairs: RankedPairs): RocCounts {
  const impostors = new Uint32Array(pairs.similarity.length + 1);
  const genuines = new Uint32Array(pairs.similarity.length + 1);
  let points = 1;
  let accepted = 0;
  for (let i = 0; i < pairs.similarity.length; i++) {
    accepted += present(pairs.genuine[i], 'kind');
    if (pairs.similarity[i] === pairs.similarity[i + 1]) continue;
    genuines[points] = accepted;
    impostors[points] = i + 1 - accepted;
    points++;
  }
  return {
    impostors: impostors.subarray(0, points),
    genuines: genuines.subarray(0, points),
    impostorPairs: pairs.impostorPairs,
    genuinePairs: pairs.genuinePairs,
  };
}

/**
 * Area under the ROC curve: the probability that a random genuine pair is more similar than a random impostor pair,
 * ties counting half (Mann and Whitney 1947; Hanley and McNeil 1982). Exact: the sum is one of integers.
 */
export function areaUnder(counts: RocCounts): number {
  let doubled = 0;
  for (let i = 1; i < counts.genuines.length; i++) {
    const width = at(counts.impostors, i) - at(counts.impostors, i - 1);
    doubled += width * (at(counts.genuines, i) + at(counts.genuines, i - 1));
  }
  return doubled / 2 / counts.genuinePairs / counts.impostorPairs;
}

/** Equal error rate: where the straight lines between the points of the ROC cross FAR = FRR. */
export function equalErrorRate(counts: RocCounts): number {
  let far = 0;
  let frr = 1;
  for (let i = 1; i < counts.genuines.length; i++) {
    const nextFar = at(counts.impostors, i) / counts.impostorPairs;
    const nextFrr = 1 - at(counts.genuines, i) / counts.genuinePairs;
    if (nextFar >= nextFrr) {
      const share = (frr - far) / (frr - far + (nextFar - nextFrr));
      return far + share * (nextFar - far);
    }
    far = nextFar;
    frr = nextFrr;
  }
  return far;
}

/**
 * The largest TAR that a threshold reaches while it accepts at most 1 of `oneIn` impostor pairs. No interpolation: it
 * is a rate that was really observed. Null with fewer than 10 * oneIn impostor pairs, where it would rest
 * on fewer than ten mistakes (the "rule of 30" of Doddington et al. 2000, relaxed).
 */
export function tarAtFar(counts: RocCounts, oneIn: number): number | null {
  if (counts.impostorPairs < 10 * oneIn) return null;
  const last = lastAtMost(counts.impostors, Math.floor(counts.impostorPairs / oneIn));
  return at(counts.genuines, last) / counts.genuinePairs;
}

/**
 * At most 300 points of the ROC, from (0, 0) to (1, 1), each one exactly as measured. First every point on a
 * straight line between its neighbours is dropped. If more than 300 are left, those are kept that come next to
 * FARs spaced evenly on a logarithmic axis (so the low-FAR end stays sharp) and to TARs spaced evenly.
 */
export function rocPoints(counts: RocCounts): RocPoint[] {
  const corners = cornersOf(counts);
  const kept = corners.length <= MAX_POINTS ? corners : decimate(counts, corners);
  return kept.map((i) => ({
    far: at(counts.impostors, i) / counts.impostorPairs,
    tar: at(counts.genuines, i) / counts.genuinePairs,
  }));
}

function cornersOf({ impostors, genuines }: RocCounts): number[] {
  const corners: number[] = [0];
  for (let i = 1; i < genuines.length; i++) {
    const middle = corners.at(-1) ?? 0;
    const before = corners.at(-2);
    if (before !== undefined) {
      const rise = at(genuines, middle) - at(genuines, before);
      const run = at(impostors, middle) - at(impostors, before);
      const nextRise = at(genuines, i) - at(genuines, middle);
      const nextRun = at(impostors, i) - at(impostors, middle);
      if (rise * nextRun === nextRise * run) corners.pop();
    }
    corners.push(i);
  }
  return corners;
}

function decimate(counts: RocCounts, corners: readonly number[]): number[] {
  const each = (MAX_POINTS - 2) / 2;
  const impostors = Uint32Array.from(corners, (i) => at(counts.impostors, i));
  const genuines = Uint32Array.from(corners, (i) => at(counts.genuines, i));
  const kept = new Set([0, corners.length - 1]);
  for (let k = 0; k < each; k++) {
    const share = k / (each - 1);
    kept.add(lastAtMost(impostors, Math.round(counts.impostorPairs ** share)));
    kept.add(lastAtMost(genuines, Math.round(counts.genuinePairs * share)));
  }
  return [...kept].sort((a, b) => a - b).map((k) => present(corners[k], 'corner'));
}

/** Index of the last value that is at most `limit`, in an ascending array whose first value is 0. */
function lastAtMost(values: Uint32Array, limit: number): number {
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at(values, middle) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

function at(values: Uint32Array, index: number): number {
  return present(values[index], 'point of the ROC');
}
