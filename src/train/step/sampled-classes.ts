import type { TrainingConfig } from '../../config/training-config.ts';

/** Photos of one step. */
export const photosPerStep = ({
  batchSize,
  sampling,
  accumulation,
}: Pick<TrainingConfig, 'batchSize' | 'sampling' | 'accumulation'>): number =>
  accumulation * (sampling.kind === 'balanced' ? sampling.people * sampling.photos : batchSize);

/**
 * Classes that a step compares with: the configured share of all, but room for every photo of a step to be of another
 * person, and no more than there are. Batches differ in size by a little, hence half a batch more.
 */
export function sampledClassCount(config: TrainingConfig, classes: number): number {
  if (config.sampledCentres === 1) return classes;
  const share = Math.round(config.sampledCentres * classes);
  return Math.min(classes, Math.max(share, Math.ceil(1.5 * photosPerStep(config))));
}
