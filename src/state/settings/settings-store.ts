import { createStore } from 'zustand/vanilla';
import { presets } from '../../config/presets.ts';
import { type Json, writePath } from './settings-form.ts';

export interface SettingsState {
  /** Settings of the next run as they stand in the fields: not always valid. */
  readonly form: Json;
}

export const initialSettings: SettingsState = { form: presets.quick };

export const settingsStore = createStore<SettingsState>(() => initialSettings);

/** Writes one value of the form and nothing that depends on it. */
export const writeForm = (path: string, value: Json): void =>
  settingsStore.setState(({ form }) => ({ form: writePath(form, path, value) }));
