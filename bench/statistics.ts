/**
 * Quantile by linear interpolation between the two nearest values.
 *
 * @param values at least one, in any order
 * @param at 0 to 1
 */
export function quantile(values: readonly number[], at: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = at * (sorted.length - 1);
  const low = sorted[Math.floor(position)] ?? Number.NaN;
  const high = sorted[Math.ceil(position)] ?? Number.NaN;
  return low + (high - low) * (position - Math.floor(position));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export interface Summary {
  readonly median: number;
  /** Third less first quartile. */
  readonly spread: number;
  readonly lowest: number;
  readonly highest: number;
  readonly count: number;
}

export function summarise(values: readonly number[]): Summary {
  return {
    median: median(values),
    spread: quantile(values, 0.75) - quantile(values, 0.25),
    lowest: quantile(values, 0),
    highest: quantile(values, 1),
    count: values.length,
  };
}

/**
 * How many times as fast as the first: the median over rounds of the ratio of the two medians of one round, which a
 * machine that gets slower or faster between rounds does not move.
 *
 * @param ms milliseconds a photo, one list of steps a round
 */
export function relativeSpeed(
  ms: readonly (readonly number[])[],
  first: readonly (readonly number[])[],
): number | null {
  const ratios = ms.flatMap((round, i) => {
    const other = first[i];
    return other && other.length > 0 && round.length > 0 ? [median(other) / median(round)] : [];
  });
  return ratios.length > 0 ? median(ratios) : null;
}
