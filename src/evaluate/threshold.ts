import {
  OPERATING_POINTS,
  type OperatingPoint,
  type OperatingPointName,
  operatingPoints,
} from '../domain/operating-point.ts';
import { present } from '../lib/assert.ts';
import { unreachable } from '../lib/unreachable.ts';
import type { RankedPairs } from './ranked-pairs.ts';

/** Pairs of each kind, or those of them that a threshold accepts. */
interface Counts {
  readonly genuine: number;
  readonly impostor: number;
}

interface Choice {
  readonly value: number;
  readonly score: number;
  readonly gap: number;
}

export interface ThresholdReport {
  /** Balanced accuracy with the threshold of the largest balanced accuracy, by cross-validation. */
  readonly accuracy: number;
  readonly operatingPoints: readonly OperatingPoint[];
}

/**
 * Thresholds of the operating points, chosen on all pairs, and their error rates by cross-validation: each fold is decided
 * with the thresholds chosen on the others. The rates are of the decisions of all folds together; the accuracy is the mean of
 * the folds' (the protocol of LFW: Huang et al. 2007, section IV, "View 2"), and a fold that holds pairs of one kind only
 * counts with that kind's rate. Operating points for which there are too few impostor pairs are left out.
 */
export function chooseThresholds(pairs: RankedPairs): ThresholdReport {
  const names = OPERATING_POINTS.filter((name) => pairs.impostorPairs >= operatingPoints[name].impostorPairs);
  const inFold = countFolds(pairs);
  const accepted = names.map(() => ({ genuine: 0, impostor: 0 }));
  let accuracies = 0;
  for (let fold = 0; fold < pairs.folds; fold++) {
    const total = present(inFold[fold], 'the pairs of a fold');
    const thresholds = thresholdsOf(pairs, names, fold, total);
    const counts = acceptedIn(pairs, fold, thresholds);
    counts.forEach(({ genuine, impostor }, i) => {
      const sum = present(accepted[i], 'the counts of an operating point');
      sum.genuine += genuine;
      sum.impostor += impostor;
    });
    accuracies += balancedAccuracy(present(counts[names.indexOf('best-accuracy')], 'its counts'), total);
  }
  const values = thresholdsOf(pairs, names, null, { genuine: 0, impostor: 0 });
  return {
    accuracy: accuracies / pairs.folds,
    operatingPoints: names.map((name, i) => ({
      name,
      threshold: present(values[i], 'a threshold'),
      far: present(accepted[i], 'counts').impostor / pairs.impostorPairs,
      frr: 1 - present(accepted[i], 'counts').genuine / pairs.genuinePairs,
    })),
  };
}

/** Mean of the true accept and the true reject rate; where there are pairs of one kind only, that kind's rate. */
function balancedAccuracy(accepted: Counts, total: Counts): number {
  const rates: number[] = [];
  if (total.genuine > 0) rates.push(accepted.genuine / total.genuine);
  if (total.impostor > 0) rates.push(1 - accepted.impostor / total.impostor);
  return rates.reduce((a, b) => a + b, 0) / rates.length;
}

/**
 * How good it is to accept these pairs and no others, for an operating point; the largest is chosen. An integer, so that equal
 * ones are equal.
 *
 * The best accuracy is a balanced one, (TAR + 1 - FAR) / 2: among all pairs of some people impostor pairs outnumber genuine
 * pairs twenty to one, and rejecting everything would otherwise score 95 %. Where both kinds are equally many, as in LFW's
 * pairs.txt, it is the plain share of correct decisions.
 */
function score(name: OperatingPointName, accepted: Counts, all: Counts): number {
  switch (name) {
    case 'best-accuracy': // TAR - FAR
      return accepted.genuine * all.impostor - accepted.impostor * all.genuine;
    case 'equal-error-rate': // -|FAR - FRR|
      return -Math.abs(accepted.impostor * all.genuine - (all.genuine - accepted.genuine) * all.impostor);
    case 'far-1e-2':
      return mostGenuine(accepted, all, 100);
    case 'far-1e-3':
      return mostGenuine(accepted, all, 1000);
    default:
      return unreachable(name);
  }
}

/** The largest TAR while at most 1 of `oneIn` impostor pairs is accepted; of equal ones the smallest FAR. */
const mostGenuine = (accepted: Counts, all: Counts, oneIn: number): number =>
  accepted.impostor * oneIn > all.impostor
    ? Number.NEGATIVE_INFINITY
    : accepted.genuine * (all.impostor + 1) - accepted.impostor;

/**
 * The thresholds of some operating points over all pairs except those of one fold.
 *
 * A value lies midway between the last similarity accepted and the first rejected. Of thresholds that are equally
 * good the one in the widest such gap is taken: it has the largest distance on both sides.
 *
 * @param without fold that is left out; null for none. Genuine and impostor pairs must remain
 * @param left pairs of that fold
 */
function thresholdsOf(
  pairs: RankedPairs,
  names: readonly OperatingPointName[],
  without: number | null,
  left: Counts,
): number[] {
  const all = { genuine: pairs.genuinePairs - left.genuine, impostor: pairs.impostorPairs - left.impostor };
  const accepted = { genuine: 0, impostor: 0 };
  const best: Choice[] = names.map(() => ({ value: 1, score: Number.NEGATIVE_INFINITY, gap: 0 }));
  const consider = (value: number, gap: number): void => {
    names.forEach((name, i) => {
      const before = best[i];
      const now = score(name, accepted, all);
      if (
        !before ||
        now === Number.NEGATIVE_INFINITY ||
        now < before.score ||
        (now === before.score && gap <= before.gap)
      )
        return;
      best[i] = { value, score: now, gap };
    });
  };
  let last = 1; // before anything is accepted
  for (let i = 0; i < pairs.similarity.length; i++) {
    if (pairs.fold[i] === without) continue;
    const similarity = present(pairs.similarity[i], 'similarity');
    if (similarity < last) {
      const middle = (last + similarity) / 2;
      consider(middle > similarity ? middle : last, last - similarity);
    }
    if (pairs.genuine[i] === 1) accepted.genuine++;
    else accepted.impostor++;
    last = similarity;
  }
  consider(-1, 0); // accept everything
  return best.map(({ value }) => value);
}

/** Pairs of a fold that each threshold accepts. */
function acceptedIn(pairs: RankedPairs, fold: number, thresholds: readonly number[]): Counts[] {
  const counts = thresholds.map(() => ({ genuine: 0, impostor: 0 }));
  const lowest = Math.min(...thresholds);
  for (let i = 0; i < pairs.similarity.length; i++) {
    const similarity = present(pairs.similarity[i], 'similarity');
    if (similarity < lowest) break;
    if (pairs.fold[i] !== fold) continue;
    thresholds.forEach((threshold, t) => {
      const count = counts[t];
      if (!count || similarity < threshold) return;
      if (pairs.genuine[i] === 1) count.genuine++;
      else count.impostor++;
    });
  }
  return counts;
}

function countFolds(pairs: RankedPairs): Counts[] {
  const counts = Array.from({ length: pairs.folds }, () => ({ genuine: 0, impostor: 0 }));
  for (let i = 0; i < pairs.similarity.length; i++) {
    const count = counts[pairs.fold[i] ?? 0];
    if (!count) continue;
    if (pairs.genuine[i] === 1) count.genuine++;
    else count.impostor++;
  }
  return counts;
}
