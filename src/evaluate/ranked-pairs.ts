import { assert, present } from '../lib/assert.ts';
import { ProblemError } from '../lib/problem.ts';

/** Pairs to compare, as indices of embeddings; `fold` says which part of a cross-validation each is in. */
export interface PairList {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  /** 1: two photos of one person, 0: photos of two people. */
  readonly genuine: Uint8Array;
  readonly fold: Uint16Array;
  readonly folds: number;
}

/** Pairs with their similarity, most similar first. */
export interface RankedPairs {
  readonly similarity: Float64Array;
  readonly genuine: Uint8Array;
  readonly fold: Uint16Array;
  readonly folds: number;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
}

const MAX_FOLDS = 1000;
/** Similarities differ down to 1 / STEPS = 1.8e-12, so that rounding cannot break a tie. */
const STEPS = 2 ** 39;

/**
 * Computes the cosine of each pair and sorts.
 *
 * The sort packs (similarity, fold, genuine) into one float64 integer below 2^53: 40 bits for the similarity,
 * the rest for the two tags. A typed array of such keys sorts natively, some ten times faster than indices
 * with a comparator, which matters for two million pairs after every epoch.
 *
 * @param embeddings [N, D], rows of length 1 (the dot product is then the cosine).
 * @throws ProblemError when an embedding holds NaN.
 */
export function rankPairs(embeddings: Float32Array, dimension: number, pairs: PairList): RankedPairs {
  const count = pairs.a.length;
  assert(pairs.folds >= 1 && pairs.folds <= MAX_FOLDS, `between 1 and ${MAX_FOLDS} folds`);
  const tags = 2 * pairs.folds;
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const cosine = dot(embeddings, dimension, present(pairs.a[i], 'pair'), present(pairs.b[i], 'pair'));
    if (Number.isNaN(cosine)) throw notANumber();
    const level = Math.round((Math.min(1, Math.max(-1, cosine)) + 1) * STEPS);
    keys[i] = level * tags + present(pairs.fold[i], 'fold') * 2 + present(pairs.genuine[i], 'kind');
  }
  keys.sort().reverse();

  const similarity = new Float64Array(count);
  const genuine = new Uint8Array(count);
  const fold = new Uint16Array(count);
  let genuinePairs = 0;
  for (let i = 0; i < count; i++) {
    const key = present(keys[i], 'key');
    const tag = key % tags;
    similarity[i] = (key - tag) / tags / STEPS - 1;
    genuine[i] = tag & 1;
    fold[i] = tag >> 1;
    genuinePairs += tag & 1;
  }
  return {
    similarity,
    genuine,
    fold,
    folds: pairs.folds,
    genuinePairs,
    impostorPairs: count - genuinePairs,
  };
}

/** The problem of a network that has diverged. */
export function notANumber(): ProblemError {
  return new ProblemError(
    'The embeddings of the network are not numbers (NaN), so it cannot be evaluated.',
    'The training has diverged: choose a lower learning rate or a smaller margin and run again.',
  );
}

function dot(embeddings: Float32Array, dimension: number, a: number, b: number): number {
  const from = a * dimension;
  const other = b * dimension;
  assert(Math.max(from, other) + dimension <= embeddings.length, 'a pair names an embedding that exists');
  let sum = 0;
  for (let d = 0; d < dimension; d++) {
    // The range was checked above; `?? 0` only satisfies the compiler in the innermost loop.
    sum += (embeddings[from + d] ?? 0) * (embeddings[other + d] ?? 0);
  }
  return sum;
}
