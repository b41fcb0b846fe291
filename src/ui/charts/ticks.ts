const MOST_STEPS = 6;

/** The smallest step of 1, 2 or 5 times a power of ten with which `most` steps cover a distance. */
function roundStep(distance: number, most: number): number {
  const power = 10 ** Math.floor(Math.log10(distance / most));
  return power * ([1, 2, 5].find((factor) => factor * power * most >= distance) ?? 10);
}

/** Ticks on an axis from 0: multiples of 1, 2 or 5 times a power of ten, never past `last`. */
export function countingTicks(last: number): number[] {
  if (!(last > 0) || !Number.isFinite(last)) return [0];
  const step = Math.max(1, roundStep(last, MOST_STEPS));
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
}

/** The powers of ten on a logarithmic axis, ends included. */
export function decades(low: number, high: number): number[] {
  if (!(low > 0) || !(high >= low) || !Number.isFinite(high)) return [];
  // A power of ten with a rounding error still counts.
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-6), Math.floor(Math.log10(high) + 1e-6)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(`1e${first + i}`));
}

/** Round ticks, from one at or below `low` to one at or above `high`. */
export function roundTicks(low: number, high: number): number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return [];
  const step = roundStep(high - low, MOST_STEPS - 2);
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  // Through text: 3 * 0.1 is 0.30000000000000004.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Ticks of an axis of shares up to 1, from a round one at or below `low`: fitted to the data, so that small differences show. */
export function shareTicks(low: number): number[] {
  const least = Number.isFinite(low) ? Math.max(0, Math.min(low, 1)) : 0;
  // All at 1: the line must not lie on the frame.
  const ticks = roundTicks(Math.min(least, HIGHEST_START), 1).filter((tick) => tick <= 1);
  // A value on the lowest tick would lie on the axis.
  const [first = 0, second = 1] = ticks;
  const below = Number((first - (second - first)).toPrecision(12));
  return least - first < (second - first) / 10 && below >= 0 ? [below, ...ticks] : ticks;
}
const HIGHEST_START = 0.95;

/** Round ticks from 0 to one at or above `high`. */
export const ticksFromZero = (high: number): number[] =>
  high > 0 && Number.isFinite(high) ? roundTicks(0, high) : [0, 1];
