import { presets } from '../../config/presets.ts';
import { type Setting, settings } from '../../config/settings/index.ts';
import {
  type PresetName,
  presetName,
  type TrainingConfig,
  trainingConfigSchema,
} from '../../config/training-config.ts';
import type { CustomModelFindings } from '../../domain/custom-model/findings.ts';
import { unsuitableSettings } from '../../domain/custom-model/settings.ts';

/** Plain data, as it stands in the fields of a form: typed, but not yet validated. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

const isRecord = (value: Json | undefined): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a dotted path, undefined where there is none. */
export function readPath(value: Json, path: string): Json | undefined {
  let at: Json | undefined = value;
  for (const key of path.split('.')) {
    if (!isRecord(at)) return undefined;
    at = at[key];
  }
  return at;
}

/** A copy with another value at a dotted path. */
export function writePath(value: Json, path: string, next: Json): Json {
  const [key, ...rest] = path.split('.');
  if (key === undefined || key === '') return next;
  const record = isRecord(value) ? value : {};
  return {
    ...record,
    [key]: rest.length === 0 ? next : writePath(record[key] ?? {}, rest.join('.'), next),
  };
}

/** A setting's value as text: the kind for a group of settings. */
export function showValue(value: Json | undefined): string {
  if (value === undefined || value === null) return '—';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  const kind = readPath(value, 'kind');
  return typeof kind === 'string' ? kind : '—';
}

export type CheckedForm =
  | { readonly valid: true; readonly config: TrainingConfig }
  | { readonly valid: false; readonly wrong: ReadonlyMap<string, string> };

/** What a value must be, as a sentence: the error of a field that holds something else. */
export function allowedValues(setting: Setting): string {
  switch (setting.kind) {
    case 'integer':
      return `Must be a whole number from ${setting.min} to ${setting.max}.`;
    case 'number':
      return `Must be a number from ${setting.min} to ${setting.max}.`;
    case 'auto-number':
      return `Must be a number from ${setting.min} to ${setting.max}, or automatic.`;
    case 'switch':
      return 'Must be on or off.';
    case 'choice':
      return `Must be one of: ${setting.choices.map(({ label }) => label).join(', ')}.`;
    case 'variant':
      return `Must be one of: ${setting.choices.map(({ label }) => label).join(', ')}.`;
    case 'layer':
      return 'Must be a layer of the network.';
  }
}

/**
 * Validates the form; every error has its path and a sentence.
 *
 * @param findings of the custom model, null where there is none
 */
export function checkForm(form: Json, findings: CustomModelFindings | null = null): CheckedForm {
  const parsed = trainingConfigSchema.safeParse(form);
  const wrong = new Map<string, string>();
  if (parsed.success) {
    const { backbone, preset } = parsed.data;
    if (backbone.kind === 'custom') {
      if (!findings) wrong.set('backbone', 'There is no custom model yet: choose its files.');
      else
        for (const { field, why } of unsuitableSettings(backbone, findings, preset))
          wrong.set(`backbone.${field}`, why);
    }
    return wrong.size === 0 ? { valid: true, config: parsed.data } : { valid: false, wrong };
  }
  for (const issue of parsed.error.issues) {
    const path = issue.path.join('.');
    const setting = settingsOf(form, findings).find((candidate) => candidate.path === path);
    wrong.set(path, setting ? allowedValues(setting) : issue.message);
  }
  return { valid: false, wrong };
}

/** The preset that the form started from. */
export const presetOf = (form: Json): PresetName =>
  presetName.safeParse(readPath(form, 'preset')).data ?? 'quick';

/** The preset's value for a setting, undefined where the preset has none (another kind of optimiser, say). */
export const defaultOf = (form: Json, path: string): Json | undefined =>
  readPath(presets[presetOf(form)], path);

/**
 * The settings that the form shows: those that the preset has and whose path exists in the form, with their choices.
 * Of a custom model only those that its files do not determine.
 */
export function settingsOf(form: Json, findings: CustomModelFindings | null = null): Setting[] {
  const preset = presetOf(form);
  return settings
    .filter(
      ({ path, group, presets: only, when }) =>
        (!only || only.includes(preset)) &&
        readPath(form, path) !== undefined &&
        (!when || when.is.some((value) => readPath(form, when.path) === value)) &&
        (group !== 'custom-model' || (findings !== null && isAsked(path, form, findings))),
    )
    .map((setting) => withChoices(setting, preset, findings));
}

/** A wrong value is shown even where nothing would be asked. */
function isAsked(path: string, form: Json, findings: CustomModelFindings): boolean {
  switch (path) {
    case 'backbone.inputSize':
      return findings.inputSize === null || readPath(form, path) !== findings.inputSize;
    case 'backbone.cutSoftmax':
      return findings.classifier !== null || readPath(form, path) !== false;
    default:
      return true;
  }
}

function withChoices(setting: Setting, preset: PresetName, findings: CustomModelFindings | null): Setting {
  switch (setting.kind) {
    case 'variant':
      return {
        ...setting,
        choices: setting.choices.filter(({ presets: only }) => !only || only.includes(preset)),
      };
    case 'layer': {
      const cuts = (findings?.layers ?? []).filter(({ cut }) => cut);
      const layers = cuts.map(({ name, kind, shape }) => ({
        label: `${name} (${kind}, ${shape.map((size) => size ?? 'any').join(' × ')})`,
        value: name,
      }));
      const none = { label: 'None: all layers are trained', value: null };
      return { ...setting, kind: 'choice', choices: preset === 'quick' ? layers : [none, ...layers] };
    }
    default:
      return setting;
  }
}
