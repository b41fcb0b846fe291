import type { TrainingConfig } from '../../config/training-config.ts';

/** Settings under which a run depends on nothing but its weights and batches, and in words what was changed for it. */
export interface DeterministicSettings {
  readonly config: TrainingConfig;
  readonly notes: readonly string[];
}

/**
 * Switches off what draws at random in the middle of a step, and what makes a step of several batches: a trace has one
 * step a batch, and another program must be able to follow it.
 */
export function deterministic(config: TrainingConfig): DeterministicSettings {
  const notes: string[] = [];
  let { backbone, margin } = config;
  if ('dropout' in backbone && backbone.dropout > 0) {
    notes.push(`Dropout is set to 0 instead of ${backbone.dropout}: its masks are drawn at random.`);
    backbone = { ...backbone, dropout: 0 };
  }
  if ('deviation' in margin && margin.deviation > 0) {
    notes.push(`The margin's deviation is set to 0 instead of ${margin.deviation}: it is drawn at random.`);
    margin = { ...margin, deviation: 0 };
  }
  if (config.sampledCentres < 1) {
    notes.push('All class centres are used in every step instead of a part that is drawn at random.');
  }
  if (config.accumulation > 1) notes.push('Every batch is a step of its own: gradients are not accumulated.');
  return { config: { ...config, backbone, margin, sampledCentres: 1, accumulation: 1 }, notes };
}
