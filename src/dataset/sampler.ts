import type { Random } from '../lib/random.ts';

/**
 * How many batches an epoch has: sizes differ by at most one, so that none is too small for batch-norm and
 * the backend sees at most two shapes.
 */
export const batchesPerEpoch = (count: number, batchSize: number): number =>
  Math.max(1, Math.round(count / batchSize));

/** One epoch: every item once, in random order, cut into batches of (almost) equal size. */
export function epochBatches<T>(items: readonly T[], batchSize: number, random: Random): T[][] {
  const shuffled = random.shuffled(items);
  const batches = batchesPerEpoch(items.length, batchSize);
  const cut = (i: number): number => Math.round((i * items.length) / batches);
  return Array.from({ length: batches }, (_, i) => shuffled.slice(cut(i), cut(i + 1)));
}
