import type { VerificationPair } from '../domain/faces.ts';
import type { VerificationReport } from '../domain/verification.ts';
import { assert } from '../lib/assert.ts';
import { ProblemError } from '../lib/problem.ts';
import { allPairs, countPairs, listedPairs } from './pair-list.ts';
import { rankPairs } from './ranked-pairs.ts';
import { areaUnder, equalErrorRate, rocCounts, rocPoints, tarAtFar } from './roc.ts';
import { bestThreshold, crossValidatedAccuracy } from './threshold.ts';

export interface VerificationInput {
  /** [N, D], rows of length 1. */
  readonly embeddings: Float32Array;
  readonly dimension: number;
  /** person[i] is whose face row i shows. Ignored where `folds` are given. */
  readonly person: readonly number[];
  /** Pairs of a pairs file by fold; null: all pairs of the people. */
  readonly folds: readonly (readonly VerificationPair[])[] | null;
}

/** Fewest pairs of each kind: a threshold is chosen on one fold and evaluated on another. */
const FEWEST = 2;

/** Whether {@link verify} has enough pairs: two of one person and two of different people. */
export function canVerify(input: Pick<VerificationInput, 'person' | 'folds'>): boolean {
  const { genuine, impostor } = pairCounts(input);
  return genuine >= FEWEST && impostor >= FEWEST;
}

/**
 * How well the cosine of two embeddings separates genuine pairs (one person) from impostor pairs (two people).
 *
 * With `folds`: the LFW protocol (Huang et al. 2007), the accuracy of each fold with the threshold that is best on the
 * other folds, averaged. Without: all pairs, at most two million of a kind (then a seeded sample; the report says how
 * many were used), divided into ten folds in the same way. Accuracy and threshold weigh both kinds of pairs equally
 * (see {@link bestThreshold}).
 *
 * @throws ProblemError with fewer than two pairs of a kind, or when the embeddings hold NaN.
 */
export function verify(input: VerificationInput): VerificationReport {
  const { embeddings, dimension, person, folds } = input;
  assert(person.length * dimension === embeddings.length, 'one person for each embedding');
  if (!canVerify(input)) {
    const { genuine, impostor } = pairCounts(input);
    throw new ProblemError(
      `There are too few pairs for verification: ${genuine} genuine (one person) and ${impostor} impostor (two people).`,
      'Give at least two people, with two photos each or one of them with three.',
    );
  }
  const pairs = rankPairs(embeddings, dimension, folds ? listedPairs(folds) : allPairs(person));
  const counts = rocCounts(pairs);
  const threshold = bestThreshold(pairs, null);
  return {
    genuinePairs: pairs.genuinePairs,
    impostorPairs: pairs.impostorPairs,
    roc: rocPoints(counts),
    auc: areaUnder(counts),
    eer: equalErrorRate(counts),
    accuracy: crossValidatedAccuracy(pairs),
    folds: pairs.folds,
    tarAtFar: {
      '1e-1': tarAtFar(counts, 10),
      '1e-2': tarAtFar(counts, 100),
      '1e-3': tarAtFar(counts, 1000),
    },
    threshold: threshold.value,
    far: threshold.far,
    frr: threshold.frr,
  };
}

function pairCounts({ person, folds }: Pick<VerificationInput, 'person' | 'folds'>): {
  genuine: number;
  impostor: number;
} {
  if (folds === null) return countPairs(person);
  const pairs = folds.flat();
  const genuine = pairs.filter((pair) => pair.genuine).length;
  return { genuine, impostor: pairs.length - genuine };
}
