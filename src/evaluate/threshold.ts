import { present } from '../lib/assert.ts';
import type { RankedPairs } from './ranked-pairs.ts';

/** Two photos count as the same person when their cosine is at least `value`. */
export interface Threshold {
  readonly value: number;
  /** Share of the impostor pairs that are accepted. */
  readonly far: number;
  /** Share of the genuine pairs that are rejected. */
  readonly frr: number;
}

/**
 * The threshold with the largest balanced accuracy, (TAR + 1 - FAR) / 2, over all pairs except those of one fold.
 *
 * Balanced, because among all pairs of some people impostor pairs outnumber genuine pairs twenty to
 * one: rejecting everything would then score 95 %. Where both kinds are equally many, as in LFW's pairs.txt, it
 * is the plain share of correct decisions.
 *
 * The value lies midway between the last similarity accepted and the first rejected. Of thresholds that are
 * equally good the one in the widest such gap is taken: it has the largest distance on both sides.
 *
 * @param without Fold that is left out; null for none. Genuine and impostor pairs must remain.
 */
export function bestThreshold(pairs: RankedPairs, without: number | null): Threshold {
  const { genuine: genuines, impostor: impostors } = countKinds(pairs, without);
  let accepted = 0; // genuine pairs at or above the similarity reached
  let falselyAccepted = 0;
  let last = Number.NaN;
  let bestScore = Number.NEGATIVE_INFINITY;
  let bestGap = 0;
  let best: Threshold = { value: -1, far: 1, frr: 0 };

  const consider = (value: number, gap: number): void => {
    const score = accepted * impostors - falselyAccepted * genuines; // (TAR - FAR) as an exact integer
    if (score < bestScore || (score === bestScore && gap <= bestGap)) return;
    bestScore = score;
    bestGap = gap;
    best = { value, far: falselyAccepted / impostors, frr: 1 - accepted / genuines };
  };

  for (let i = 0; i < pairs.similarity.length; i++) {
    if (pairs.fold[i] === without) continue;
    const similarity = present(pairs.similarity[i], 'similarity');
    if (similarity < last) {
      const middle = (last + similarity) / 2;
      consider(middle > similarity ? middle : last, last - similarity);
    }
    if (pairs.genuine[i] === 1) accepted++;
    else falselyAccepted++;
    last = similarity;
  }
  consider(-1, 0); // accept everything
  return best;
}

/**
 * Balanced accuracy by cross-validation: each fold is evaluated with the threshold that is best on the others, and the
 * folds' accuracies are averaged (the protocol of LFW: Huang et al. 2007, section IV, "View 2"). A fold
 * that holds pairs of one kind only counts with that kind's rate.
 */
export function crossValidatedAccuracy(pairs: RankedPairs): number {
  let sum = 0;
  for (let fold = 0; fold < pairs.folds; fold++) {
    const { value } = bestThreshold(pairs, fold);
    const total = countKinds(pairs, null, fold);
    let acceptedGenuine = 0;
    let acceptedImpostor = 0;
    for (let i = 0; i < pairs.similarity.length && present(pairs.similarity[i], 'similarity') >= value; i++) {
      if (pairs.fold[i] !== fold) continue;
      if (pairs.genuine[i] === 1) acceptedGenuine++;
      else acceptedImpostor++;
    }
    const rates: number[] = [];
    if (total.genuine > 0) rates.push(acceptedGenuine / total.genuine);
    if (total.impostor > 0) rates.push(1 - acceptedImpostor / total.impostor);
    sum += rates.reduce((a, b) => a + b, 0) / rates.length;
  }
  return sum / pairs.folds;
}

function countKinds(
  pairs: RankedPairs,
  without: number | null,
  only: number | null = null,
): { genuine: number; impostor: number } {
  let genuine = 0;
  let impostor = 0;
  for (let i = 0; i < pairs.similarity.length; i++) {
    if (pairs.fold[i] === without || (only !== null && pairs.fold[i] !== only)) continue;
    if (pairs.genuine[i] === 1) genuine++;
    else impostor++;
  }
  return { genuine, impostor };
}
