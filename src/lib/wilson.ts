/** Of the normal distribution: 95 % lie within so many standard deviations. */
const Z = 1.959964;

/**
 * 95 % confidence interval of a share that was counted, by Wilson's score: (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n).
 * Unlike p +- z sqrt(p(1-p)/n) it is right for shares near 0 and 1, and never leaves them.
 *
 * Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
 *
 * @param share p, 0 to 1
 * @param count n, independent observations, at least 1
 */
export function wilsonInterval(share: number, count: number): readonly [low: number, high: number] {
  const zz = (Z * Z) / count;
  const middle = share + zz / 2;
  const half = Z * Math.sqrt((share * (1 - share)) / count + zz / (4 * count));
  return [Math.max(0, (middle - half) / (1 + zz)), Math.min(1, (middle + half) / (1 + zz))];
}
