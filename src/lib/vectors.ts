/** Embeddings as plain arrays: where they are few, their cosines need no backend. */

/** The inner product of two vectors of one size. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** The cosine of two vectors of length 1, without what rounding adds. */
export const cosineOf = (a: Float32Array, b: Float32Array): number => Math.min(1, Math.max(-1, dot(a, b)));

/** v / |v|; null where the length is no positive number. */
export function unit(vector: Float32Array): Float32Array | null {
  const length = Math.sqrt(dot(vector, vector));
  return length > 0 && Number.isFinite(length) ? vector.map((value) => value / length) : null;
}

/** The direction of the mean of some vectors of length 1; of vectors that cancel out, the first. */
export function meanDirection(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]?.length ?? 0);
  for (const vector of vectors)
    vector.forEach((value, i) => {
      sum[i] = (sum[i] ?? 0) + value;
    });
  return unit(sum) ?? vectors[0] ?? sum;
}
