import { useMemo } from 'react';
import { useStore } from 'zustand';
import { presets } from '../../../config/presets.ts';
import type { PresetName } from '../../../config/training-config.ts';
import { dataStore } from '../../../state/data/data-store.ts';
import { slownessStore, threadsOfDevice } from '../../../state/run/device-speed.ts';
import { type Estimate, estimateRun } from '../../../state/run/estimate.ts';
import { customModelStore } from '../../../state/settings/custom-model-store.ts';
import { checkForm, presetOf } from '../../../state/settings/settings-form.ts';
import { settingsStore } from '../../../state/settings/settings-store.ts';

/**
 * How long a training mode takes with the loaded data on this device: the chosen one with the settings in the form, the others
 * with their own. Null where there is nothing to train on or the network's work is not known.
 */
export function useEstimate(preset: PresetName): Estimate | null {
  const form = useStore(settingsStore, (state) => state.form);
  const findings = useStore(customModelStore, ({ network }) => network?.findings ?? null);
  const people = useStore(dataStore, ({ snapshot }) => snapshot.people);
  const slowness = useStore(slownessStore);
  return useMemo(() => {
    const photos = people.map(({ faces }) => faces.length).filter((count) => count > 0);
    if (photos.length < 2) return null;
    const checked = presetOf(form) === preset ? checkForm(form, findings) : null;
    const config = checked ? (checked.valid ? checked.config : null) : presets[preset];
    return config && estimateRun(config, photos, { threads: threadsOfDevice(), slowness });
  }, [form, findings, people, slowness, preset]);
}
