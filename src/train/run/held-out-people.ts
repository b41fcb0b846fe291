import type { ImpostorScores } from '../../domain/verification.ts';
import { unit } from '../../lib/vectors.ts';
import type { Rows } from '../../model/embed.ts';

/** Embeddings of faces of held-out people, [N, D] of length 1, and the person of each row. */
export interface HeldOutFaces extends Rows {
  readonly people: readonly number[];
}

/** Whom a network knows by photos that it was not trained on. */
export interface Template {
  /** As an index into the people of the training set. */
  readonly person: number;
  /** [D], of length 1. */
  readonly direction: Float32Array;
}

/**
 * The template of each person: normalise(sum of the embeddings). In the order of the people; one whose embeddings cancel
 * out has none.
 */
export function templatesOf({ values, dimension, people }: HeldOutFaces): Template[] {
  const sums = new Map<number, Float32Array>();
  people.forEach((person, row) => {
    const sum = sums.get(person) ?? new Float32Array(dimension);
    sums.set(person, sum);
    for (let d = 0; d < dimension; d++) sum[d] = (sum[d] ?? 0) + (values[row * dimension + d] ?? Number.NaN);
  });
  return [...sums]
    .sort(([a], [b]) => a - b)
    .flatMap(([person, sum]) => {
      const direction = unit(sum);
      return direction ? [{ person, direction }] : [];
    });
}

/**
 * Cosines of the faces of held-out people with the centres of the people trained on: what faces of people whom nobody has
 * shown to the network score in a gallery. Null without two of them that differ.
 *
 * @param centres [K, D], of any length
 */
export function impostorScores(
  { values, dimension }: HeldOutFaces,
  centres: Float32Array,
): ImpostorScores | null {
  const classes = centres.length / dimension;
  const lengths = Array.from({ length: classes }, (_, k) =>
    Math.hypot(...centres.subarray(k * dimension, (k + 1) * dimension)),
  );
  let [count, mean, squares] = [0, 0, 0];
  for (let row = 0; row < values.length; row += dimension) {
    for (let k = 0; k < classes; k++) {
      let dot = 0;
      for (let d = 0; d < dimension; d++) dot += (values[row + d] ?? 0) * (centres[k * dimension + d] ?? 0);
      const cosine = dot / (lengths[k] ?? 1);
      // Welford's update: sums of squares would lose digits.
      const before = cosine - mean;
      count += 1;
      mean += before / count;
      squares += before * (cosine - mean);
    }
  }
  const deviation = Math.sqrt(squares / count);
  return deviation > 0 ? { mean, deviation, count } : null;
}
