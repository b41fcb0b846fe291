import type { TrainingConfig } from '../../config/training-config.ts';

/** Photos per step. */
export const photosPerStep = ({
  batchSize,
  sampling,
  accumulation,
}: Pick<TrainingConfig, 'batchSize' | 'sampling' | 'accumulation'>): number =>
  accumulation * (sampling.kind === 'balanced' ? sampling.people * sampling.photos : batchSize);

/**
 * Classes that a step compares with (Partial FC): the configured share of all, but at least as many as the photos of a
 * step can have, and no more than there are. Batches differ a little in size, hence half a batch more.
 */
export function sampledClassCount(config: TrainingConfig, classes: number): number {
  if (config.sampledCentres === 1) return classes;
  const share = Math.round(config.sampledCentres * classes);
  return Math.min(classes, Math.max(share, Math.ceil(1.5 * photosPerStep(config))));
}
