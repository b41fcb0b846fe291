/**
 * Area under the ROC curve of cosines: the share of (same class, different class) pairs of pairs in which the same class
 * has the larger cosine; ties count half.
 *
 * @param cosine [N, N]
 */
export function ranking(cosine: readonly (readonly number[])[], labels: readonly number[]): number {
  const pairs = cosine.flatMap((row, i) =>
    row.slice(0, i).map((value, j) => ({ value, same: labels[i] === labels[j] })),
  );
  const sorted = pairs.toSorted((a, b) => a.value - b.value);
  const same = pairs.filter((pair) => pair.same).length;
  // Sum of the ranks of the pairs of the same class; ties share their mean rank (Mann-Whitney).
  let sum = 0;
  for (let i = 0; i < sorted.length; ) {
    let j = i;
    while (j < sorted.length && sorted[j]?.value === sorted[i]?.value) j++;
    const rank = (i + j + 1) / 2;
    sum += rank * sorted.slice(i, j).filter((pair) => pair.same).length;
    i = j;
  }
  return (sum - (same * (same + 1)) / 2) / (same * (pairs.length - same));
}

/** A number between 2^-14 and 2 rounded to 16 bits (IEEE 754 half precision): 11 bits of it are kept. */
export function half(value: number): number {
  if (value === 0) return 0;
  const step = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10);
  return Math.round(value / step) * step;
}
