import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { ArrowRight } from 'lucide-react';
import { useStore } from 'zustand';
import { dataStore, undo } from '../../state/data/data-store.ts';
import { plural } from '../common/format.ts';
import { Screen } from '../common/Screen.tsx';
import { addressOf, useShown } from '../common/screens.ts';
import { DropZone } from './DropZone.tsx';
import { IntakeBar } from './IntakeBar.tsx';
import { People } from './People.tsx';
import type { Drag } from './useWindowDrop.ts';

/** Photos are imported and grouped into people. */
export function DataScreen({ overPerson }: { overPerson: Drag['person'] }) {
  const empty = useStore(
    dataStore,
    ({ snapshot }) => snapshot.people.length + snapshot.rejected.length === 0,
  );
  const shown = useShown();
  useHotkeys([['mod+Z', () => shown && undo()]]);
  return (
    <Screen title="Data" actions={<NextStep />}>
      <IntakeBar empty={empty} />
      {empty ? <DropZone /> : <People over={overPerson?.id ?? null} />}
    </Screen>
  );
}

/** Leads on to training once there is something to train on. */
function NextStep() {
  const people = useStore(dataStore, (state) => state.snapshot.people.length);
  const running = useStore(dataStore, (state) => state.intake.status === 'running');
  if (people < 2 || running) return null;
  return (
    <Button
      component="a"
      href={addressOf('train')}
      size="md"
      rightSection={<ArrowRight size={18} aria-hidden="true" />}
      data-testid="next-train"
    >
      Train with {plural(people, 'person', 'people')}
    </Button>
  );
}
