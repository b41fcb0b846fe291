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
