const MOST_STEPS = 6;

/** Round places on an axis that counts from 0: multiples of 1, 2 or 5 times a power of ten, never past `last`. */
export function countingTicks(last: number): number[] {
  if (!(last > 0) || !Number.isFinite(last)) return [0];
  const power = 10 ** Math.floor(Math.log10(last / MOST_STEPS));
  const step = Math.max(1, power * ([1, 2, 5].find((factor) => factor * power * MOST_STEPS >= last) ?? 10));
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, i) => i * step);
}

/** The powers of ten on a logarithmic axis, ends included. */
export function decades(low: number, high: number): number[] {
  if (!(low > 0) || !(high >= low) || !Number.isFinite(high)) return [];
  // Rounding errors of a power of ten must not lose it.
  const [first, last] = [Math.ceil(Math.log10(low) - 1e-6), Math.floor(Math.log10(high) + 1e-6)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(`1e${first + i}`));
}
