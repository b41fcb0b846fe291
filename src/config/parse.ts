import { ProblemError } from '../lib/problem.ts';
import { presets } from './presets.ts';
import { presetName, type TrainingConfig, trainingConfigSchema } from './training-config.ts';

/** Parses a whole configuration from outside. @throws ProblemError naming the first setting that is wrong. */
export function parseConfig(value: unknown): TrainingConfig {
  const parsed = trainingConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.join('.') || 'the configuration';
  throw new ProblemError(
    `The training configuration is not valid: ${where}: ${issue?.message ?? 'unknown problem'}.`,
    'Correct that setting, or leave it out to use the default of the preset.',
  );
}

/** Parses a partial configuration: what is left out comes from the preset that it names (default: quick). */
export function parsePartialConfig(
  value: unknown,
  fallback: TrainingConfig['preset'] = 'quick',
): TrainingConfig {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return parseConfig(value);
  const named = 'preset' in value ? presetName.safeParse(value.preset) : null;
  const preset = named ? (named.data ?? 'quick') : fallback;
  return parseConfig({ ...presets[preset], ...value });
}
