import type { VerificationPair } from '../domain/faces.ts';
import { DEFAULT_OPERATING_POINT } from '../domain/operating-point.ts';
import type { VerificationReport } from '../domain/verification.ts';
import { assert, present } from '../lib/assert.ts';
import { ProblemError } from '../lib/problem.ts';
import { allPairs, countPairs, listedPairs } from './pair-list.ts';
import { rankPairs } from './ranked-pairs.ts';
import { areaUnder, equalErrorRate, rocCounts, rocPoints, tarAtFar } from './roc.ts';
import { chooseThresholds } from './threshold.ts';

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
 * many were used), divided into ten folds in the same way. Accuracy weighs both kinds of pairs equally; the error rates of
 * thresholds are cross-validated as well (see {@link chooseThresholds}).
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
  const { accuracy, operatingPoints } = chooseThresholds(pairs);
  const usual = present(
    operatingPoints.find(({ name }) => name === DEFAULT_OPERATING_POINT),
    'the default operating point',
  );
  return {
    genuinePairs: pairs.genuinePairs,
    impostorPairs: pairs.impostorPairs,
    roc: rocPoints(counts),
    auc: areaUnder(counts),
    eer: equalErrorRate(counts),
    accuracy,
    folds: pairs.folds,
    tarAtFar: {
      '1e-1': tarAtFar(counts, 10),
      '1e-2': tarAtFar(counts, 100),
      '1e-3': tarAtFar(counts, 1000),
    },
    operatingPoints,
    threshold: usual.threshold,
    far: usual.far,
    frr: usual.frr,
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
