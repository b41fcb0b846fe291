import { ProblemError } from '../lib/problem.ts';
import { backbones } from './backbone.ts';
import { describeInvalid } from './invalid-setting.ts';
import { margins } from './margin.ts';
import { presets } from './presets.ts';
import { presetName, type TrainingConfig, trainingConfigSchema } from './training-config.ts';

/**
 * Parses a whole configuration from outside.
 *
 * @throws ProblemError that says which setting is wrong, what was given and what is allowed
 */
export function parseConfig(value: unknown): TrainingConfig {
  const parsed = trainingConfigSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ProblemError(
    `The training configuration is not valid: ${describeInvalid(trainingConfigSchema, value, parsed.error)}.`,
    'Correct that setting, or leave it out to use the default of the preset.',
  );
}

/**
 * Parses a partial configuration: what is left out comes from the preset that it names (default: quick). So it is with the
 * settings of an object, e.g. `{"heldOut": {"peopleFraction": 0}}`; where it is of another kind than the preset's, what
 * is left out of a margin or a backbone comes from the defaults of that kind. A custom model has none: what its images are
 * must be said.
 */
export function parsePartialConfig(
  value: unknown,
  fallback: TrainingConfig['preset'] = 'quick',
): TrainingConfig {
  if (!isObject(value)) return parseConfig(value);
  const named = 'preset' in value ? presetName.safeParse(value['preset']) : null;
  const preset = named ? (named.data ?? 'quick') : fallback;
  const base: Readonly<Record<string, unknown>> = presets[preset];
  const given = Object.entries(value).map(([name, part]) => {
    if (!isObject(part)) return [name, part];
    const usual = base[name];
    const same = isObject(usual) && (part['kind'] === undefined || part['kind'] === usual['kind']);
    return [name, { ...(same ? usual : defaultsOf(name, part['kind'], preset)), ...part }];
  });
  return parseConfig({ ...base, ...Object.fromEntries(given) });
}

/** The settings of a kind of margin or backbone that are used where none are given. */
function defaultsOf(name: string, kind: unknown, preset: TrainingConfig['preset']): object {
  if (name === 'margin') return margins.find((meta) => meta.kind === kind)?.defaults ?? {};
  if (name !== 'backbone') return {};
  const meta = backbones.find((one) => one.kind === kind);
  if (!meta || meta.origin === 'custom') return {};
  const offered = meta.choices.find(({ presets }) => presets?.some((one) => one === preset));
  return (offered ?? meta.choices[0])?.value ?? {};
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
