import type { Rows } from '../../model/embed.ts';

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
 *
 * @param rows [N, D], of length 1
 * @param people of the rows
 */
export function templatesOf({ values, dimension }: Rows, people: readonly number[]): Template[] {
  const sums = new Map<number, Float32Array>();
  people.forEach((person, row) => {
    const sum = sums.get(person) ?? new Float32Array(dimension);
    sums.set(person, sum);
    for (let d = 0; d < dimension; d++) sum[d] = (sum[d] ?? 0) + (values[row * dimension + d] ?? Number.NaN);
  });
  return [...sums]
    .sort(([a], [b]) => a - b)
    .flatMap(([person, sum]) => {
      const length = Math.hypot(...sum);
      return length > 0 ? [{ person, direction: sum.map((value) => value / length) }] : [];
    });
}
