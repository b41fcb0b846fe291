import { presets } from '../config/presets.ts';
import { type Setting, settings } from '../config/settings/index.ts';
import {
  type PresetName,
  presetName,
  type TrainingConfig,
  trainingConfigSchema,
} from '../config/training-config.ts';

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

export type Draft =
  | { readonly valid: true; readonly config: TrainingConfig }
  | { readonly valid: false; readonly wrong: ReadonlyMap<string, string> };

/** What a value must be, in words: for the field that holds another. */
export function demand(setting: Setting): string {
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
  }
}

/** Checks the fields; what is wrong comes with its path and a sentence. */
export function checkDraft(draft: Json): Draft {
  const parsed = trainingConfigSchema.safeParse(draft);
  if (parsed.success) return { valid: true, config: parsed.data };
  const wrong = new Map<string, string>();
  for (const issue of parsed.error.issues) {
    const path = issue.path.join('.');
    const setting = settings.find((candidate) => candidate.path === path);
    wrong.set(path, setting ? demand(setting) : issue.message);
  }
  return { valid: false, wrong };
}

/** Which preset the fields started from. */
export const presetOf = (draft: Json): PresetName =>
  presetName.safeParse(readPath(draft, 'preset')).data ?? 'quick';

/** The preset's value for a setting, undefined where the preset has none (another kind of optimiser, say). */
export const defaultOf = (draft: Json, path: string): Json | undefined =>
  readPath(presets[presetOf(draft)], path);

/** The settings that the fields show: those that the preset has and whose place exists in the draft. */
export const settingsOf = (draft: Json): Setting[] =>
  settings.filter(
    ({ path, presets: only, when }) =>
      (!only || only.includes(presetOf(draft))) &&
      readPath(draft, path) !== undefined &&
      (!when || when.is.some((value) => readPath(draft, when.path) === value)),
  );
