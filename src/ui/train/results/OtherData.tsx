import { TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../../state/data/data-store.ts';
import { otherDataNote } from '../../../state/run/run-data.ts';
import type { Run } from '../../../state/run/run-store.ts';

/** Marks the results of a run whose data are not those that are loaded now. */
export function OtherData({ run }: { run: Run }) {
  const snapshot = useStore(dataStore, (state) => state.snapshot);
  const { data } = run;
  const note = useMemo(() => otherDataNote({ data }, snapshot), [data, snapshot]);
  return note === null ? null : (
    <p className="other-data" data-testid="other-data" role="note">
      <TriangleAlert size={16} aria-hidden="true" />
      <span>{note} The figures below say nothing about the photos that are loaded now.</span>
    </p>
  );
}
