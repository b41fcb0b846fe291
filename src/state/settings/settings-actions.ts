import { backboneSchema } from '../../config/backbone.ts';
import { presets } from '../../config/presets.ts';
import { networkChoice } from '../../config/settings/index.ts';
import type { PresetName } from '../../config/training-config.ts';
import {
  guessedSettings,
  settingsForPreset,
  unsuitableSettings,
} from '../../domain/custom-model/settings.ts';
import { cancelCustomModel } from './custom-model-actions.ts';
import { customModelStore } from './custom-model-store.ts';
import { type Json, presetOf, readPath, writePath } from './settings-form.ts';
import { settingsStore } from './settings-store.ts';

/** All settings as the preset has them; a custom model stays, with what was answered about it. */
export function choosePreset(name: PresetName): void {
  const fresh: Json = presets[name];
  const backbone = readPath(settingsStore.getState().form, 'backbone') ?? null;
  const isCustom = readPath(backbone, 'kind') === 'custom';
  settingsStore.setState({
    form: isCustom ? writePath(fresh, 'backbone', customBackboneFor(name, backbone)) : fresh,
  });
}

/** Writes a value, and what depends on it: a backbone brings its learning rate, a custom model its guesses. */
export function changeSetting(path: string, value: Json): void {
  const { form } = settingsStore.getState();
  settingsStore.setState({
    form:
      path === 'backbone'
        ? withRateOfBackbone(form, writePath(form, path, chooseBackbone(form, value)))
        : writePath(form, path, value),
  });
}

function chooseBackbone(form: Json, backbone: Json): Json {
  if (readPath(backbone, 'kind') !== 'custom') {
    cancelCustomModel();
    return backbone;
  }
  const { network } = customModelStore.getState();
  return network ? guessedSettings(network.findings, presetOf(form)) : backbone;
}

/** A learning rate that was set by hand stays. */
function withRateOfBackbone(before: Json, after: Json): Json {
  const byHand = readPath(before, 'learningRate') !== rateFor(before);
  return byHand ? after : writePath(after, 'learningRate', rateFor(after));
}

/** The default learning rate for the backbone in the form. */
function rateFor(form: Json): number {
  const preset = presetOf(form);
  const kind = readPath(form, 'backbone.kind');
  const choices = networkChoice.kind === 'variant' ? networkChoice.choices : [];
  const chosen = choices.find(
    ({ value, presets: only }) => value.kind === kind && (!only || only.includes(preset)),
  );
  return chosen?.learningRate ?? presets[preset].learningRate;
}

/** The settings of the custom model for another preset: what was answered, where it is valid; else the guesses. */
function customBackboneFor(preset: PresetName, answered: Json): Json {
  const { network } = customModelStore.getState();
  if (!network) return answered;
  const parsed = backboneSchema.safeParse(answered);
  const { findings } = network;
  if (!parsed.success || parsed.data.kind !== 'custom') return guessedSettings(findings, preset);
  const moved = settingsForPreset(parsed.data, findings, preset);
  return unsuitableSettings(moved, findings, preset).length === 0 ? moved : guessedSettings(findings, preset);
}
