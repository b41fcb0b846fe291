import { presets } from '../../config/presets.ts';
import { type Setting, settings } from '../../config/settings/index.ts';
import {
  type PresetName,
  presetName,
  type TrainingConfig,
  trainingConfigSchema,
} from '../../config/training-config.ts';
import type { CustomModelFindings } from '../../domain/custom-model.ts';
import { unsuitableSettings } from '../../domain/custom-model-settings.ts';

/** Plain data, as it stands in the fields of a form: typed, but not yet known to be valid. */
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

export type CheckedForm =
  | { readonly valid: true; readonly config: TrainingConfig }
  | { readonly valid: false; readonly wrong: ReadonlyMap<string, string> };

/** What a value must be, in words: for the field that holds another. */
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
 * Checks the fields; what is wrong comes with its path and a sentence.
 *
 * @param own what is known of the person's own network, null where none was given
 */
export function checkForm(draft: Json, own: CustomModelFindings | null = null): CheckedForm {
  const parsed = trainingConfigSchema.safeParse(draft);
  const wrong = new Map<string, string>();
  if (parsed.success) {
    const { backbone, preset } = parsed.data;
    if (backbone.kind === 'own') {
      if (!own) wrong.set('backbone', 'No network of your own was given yet: choose its files.');
      else
        for (const { field, why } of unsuitableSettings(backbone, own, preset))
          wrong.set(`backbone.${field}`, why);
    }
    return wrong.size === 0 ? { valid: true, config: parsed.data } : { valid: false, wrong };
  }
  for (const issue of parsed.error.issues) {
    const path = issue.path.join('.');
    const setting = settingsOf(draft, own).find((candidate) => candidate.path === path);
    wrong.set(path, setting ? allowedValues(setting) : issue.message);
  }
  return { valid: false, wrong };
}

/** Which preset the fields started from. */
export const presetOf = (draft: Json): PresetName =>
  presetName.safeParse(readPath(draft, 'preset')).data ?? 'quick';

/** The preset's value for a setting, undefined where the preset has none (another kind of optimiser, say). */
export const defaultOf = (draft: Json, path: string): Json | undefined =>
  readPath(presets[presetOf(draft)], path);

/**
 * The settings that the fields show: those that the preset has and whose place exists in the draft, with what can be
 * chosen there. Of the person's own network only what its files do not say themselves.
 */
export function settingsOf(draft: Json, own: CustomModelFindings | null = null): Setting[] {
  const preset = presetOf(draft);
  return settings
    .filter(
      ({ path, group, presets: only, when }) =>
        (!only || only.includes(preset)) &&
        readPath(draft, path) !== undefined &&
        (!when || when.is.some((value) => readPath(draft, when.path) === value)) &&
        (group !== 'own' || (own !== null && isAsked(path, draft, own))),
    )
    .map((setting) => withChoices(setting, preset, own));
}

/** A wrong value must be in sight even where nothing would be asked. */
function isAsked(path: string, draft: Json, own: CustomModelFindings): boolean {
  switch (path) {
    case 'backbone.inputSize':
      return own.inputSize === null || readPath(draft, path) !== own.inputSize;
    case 'backbone.cutSoftmax':
      return own.classifier !== null || readPath(draft, path) !== false;
    default:
      return true;
  }
}

function withChoices(setting: Setting, preset: PresetName, own: CustomModelFindings | null): Setting {
  switch (setting.kind) {
    case 'variant':
      return {
        ...setting,
        choices: setting.choices.filter(({ presets: only }) => !only || only.includes(preset)),
      };
    case 'layer': {
      const cuts = (own?.layers ?? []).filter(({ cut }) => cut);
      const layers = cuts.map(({ name, kind, shape }) => ({
        label: `${name} (${kind}, ${shape.map((size) => size ?? 'any').join(' × ')})`,
        value: name,
      }));
      const none = { label: 'Nothing: all of it learns', value: null };
      return { ...setting, kind: 'choice', choices: preset === 'quick' ? layers : [none, ...layers] };
    }
    default:
      return setting;
  }
}
