import { backboneMeta } from '../../config/backbone.ts';
import { marginMeta } from '../../config/margin.ts';
import type { TrainingConfig } from '../../config/training-config.ts';
import type { Fields } from '../../lib/field.ts';

/** Settings under which a run depends on nothing but its weights and batches, and what was changed for it. */
export interface DeterministicSettings {
  readonly config: TrainingConfig;
  readonly notes: readonly string[];
}

/**
 * Switches off what draws at random during a step, and what makes a step of several batches: a trace has one step per
 * batch, and another program must be able to reproduce it.
 */
export function deterministic(config: TrainingConfig): DeterministicSettings {
  const notes: string[] = [];
  const settle = <T extends object>(value: T, fields: Fields): T => {
    const random = Object.entries(fields).filter(
      ([name, field]) => field.random && entryOf(value, name) !== 0,
    );
    for (const [name, { label }] of random) {
      notes.push(`${label} is set to 0 instead of ${String(entryOf(value, name))}: it draws at random.`);
    }
    return { ...value, ...Object.fromEntries(random.map(([name]) => [name, 0])) };
  };
  const backbone = settle(config.backbone, backboneMeta(config.backbone).fields);
  const margin = settle(config.margin, marginMeta(config.margin).fields);
  if (config.sampledCentres < 1) {
    notes.push('All class centres are used in every step instead of a random sample.');
  }
  if (config.accumulation > 1) notes.push('Every batch is a step: gradients are not accumulated.');
  return { config: { ...config, backbone, margin, sampledCentres: 1, accumulation: 1 }, notes };
}

const entryOf = (of: object, name: string): unknown => new Map<string, unknown>(Object.entries(of)).get(name);
