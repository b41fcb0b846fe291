import { useMemo } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../../state/data/data-store.ts';
import { isFindingRate, lrFinderStore } from '../../../state/run/lr-finder-store.ts';
import { isActive, runStore, statusOf } from '../../../state/run/run-store.ts';
import { customModelStore } from '../../../state/settings/custom-model-store.ts';
import { checkForm, readPath } from '../../../state/settings/settings-form.ts';

/** Why nothing can be trained now; null where it can. */
export function useObstacle(): string | null {
  const draft = useStore(runStore, (state) => state.form);
  const people = useStore(dataStore, ({ snapshot }) => snapshot.people.length);
  const takingIn = useStore(dataStore, ({ intake }) => intake.status === 'running');
  const searching = useStore(lrFinderStore, isFindingRate);
  const running = useStore(runStore, (state) => isActive(statusOf(state)));
  const own = useStore(customModelStore, ({ network }) => network?.findings ?? null);
  const reading = useStore(customModelStore, (state) => state.reading !== null);
  const valid = useMemo(() => checkForm(draft, own).valid, [draft, own]);
  if (running) return 'A run is under way.';
  if (searching) return 'A learning rate is being searched for. Cancel that, or wait.';
  if (takingIn) return 'Photos are still being taken in.';
  if (people < 2) return 'Training needs at least 2 people: add photos first.';
  if (reading) return 'Your network is still being read.';
  if (own === null && readPath(draft, 'backbone.kind') === 'own') {
    return 'Choose the files of your network first.';
  }
  return valid ? null : 'Some settings are not valid: correct the fields marked in red.';
}

/** Whether the settings are in use, by a run or a search: they cannot be changed meanwhile. */
export function useBusy(): boolean {
  const searching = useStore(lrFinderStore, isFindingRate);
  const running = useStore(runStore, (state) => isActive(statusOf(state)));
  return searching || running;
}
