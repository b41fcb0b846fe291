import type { RocPoint } from '../../domain/verification.ts';

/** The smallest false accept rate above 0 that so many impostor pairs can show; a logarithmic axis begins there. */
export const smallestFar = (impostorPairs: number): number =>
  Math.max(1e-5, Math.min(0.1, 1 / Math.max(1, impostorPairs)));

/**
 * The points of a ROC curve from `floor` on. Everything below cannot be measured: the curve begins at `floor` with the largest
 * true accept rate that is reached there, and not at 0, to which it would seem to fall.
 */
export function rocFrom(roc: readonly RocPoint[], floor: number): RocPoint[] {
  const below = roc.filter(({ far }) => far <= floor);
  const above = roc.filter(({ far }) => far > floor);
  const start = Math.max(0, ...below.map(({ tar }) => tar));
  return [{ far: floor, tar: start }, ...above];
}
