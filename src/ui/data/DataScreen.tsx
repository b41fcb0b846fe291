import { useMemo } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../state/data/data-store.ts';
import { dataWarnings } from '../../state/data/data-warnings.ts';
import { Screen } from '../common/Screen.tsx';
import { DropZone } from './DropZone.tsx';
import { IntakeStatus } from './IntakeStatus.tsx';
import { People } from './People.tsx';
import { Rejected } from './Rejected.tsx';
import type { Drag } from './useWindowDrop.ts';

function Warnings() {
  const snapshot = useStore(dataStore, (state) => state.snapshot);
  const running = useStore(dataStore, (state) => state.intake.status === 'running');
  const warnings = useMemo(() => (running ? [] : dataWarnings(snapshot)), [snapshot, running]);
  if (warnings.length === 0) return null;
  return (
    <ul className="warnings" aria-label="Warnings about these photos">
      {warnings.map(({ kind, text }) => (
        <li key={kind}>{text}</li>
      ))}
    </ul>
  );
}

/** Photos are imported and grouped into people. */
export function DataScreen({ overPerson }: { overPerson: Drag['person'] }) {
  const empty = useStore(
    dataStore,
    ({ snapshot }) => snapshot.people.length + snapshot.rejected.length === 0,
  );
  return (
    <Screen title="Data">
      <div className="data-in">
        <DropZone empty={empty} />
        <IntakeStatus />
      </div>
      <Warnings />
      {!empty && (
        <div className="data-lists">
          <People over={overPerson?.id ?? null} />
          <Rejected />
        </div>
      )}
    </Screen>
  );
}
