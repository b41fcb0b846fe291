import { useMemo } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../state/data/data-store.ts';
import { customModelStore } from '../../state/settings/custom-model-store.ts';
import { checkForm, readPath } from '../../state/settings/settings-form.ts';
import { settingsStore } from '../../state/settings/settings-store.ts';
import { trainerTaskStore } from '../../state/trainer-task.ts';

/** Why nothing can be trained now; null where it can. */
export function useObstacle(): string | null {
  const form = useStore(settingsStore, (state) => state.form);
  const people = useStore(dataStore, ({ snapshot }) => snapshot.people.length);
  const importing = useStore(dataStore, ({ intake }) => intake.status === 'running');
  const task = useStore(trainerTaskStore, (state) => state.task);
  const findings = useStore(customModelStore, ({ network }) => network?.findings ?? null);
  const reading = useStore(customModelStore, (state) => state.reading !== null);
  const valid = useMemo(() => checkForm(form, findings).valid, [form, findings]);
  if (task === 'training') return 'A run is in progress.';
  if (task === 'lr-finder') return 'A learning rate is being searched for. Cancel the search, or wait.';
  if (importing) return 'Photos are still being imported.';
  if (people < 2) return 'Training needs at least 2 people: add photos first.';
  if (reading) return 'Your custom model is still being read.';
  if (findings === null && readPath(form, 'backbone.kind') === 'custom') {
    return 'Choose the files of your custom model first.';
  }
  return valid ? null : 'Some settings are not valid: correct the fields marked in red.';
}

/** Whether a run or a search uses the settings, so that they cannot be changed. */
export const useBusy = (): boolean => useStore(trainerTaskStore, ({ task }) => task !== 'none');
