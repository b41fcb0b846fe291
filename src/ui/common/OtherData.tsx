import { TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../state/data/data-store.ts';
import { otherDataNote } from '../../state/run/run-data.ts';
import type { Run } from '../../state/run/run-store.ts';

/**
 * Marks what comes of a run whose data are not those that are loaded now.
 *
 * @param meaning one sentence: what that means for what is marked
 */
export function OtherData({ run, meaning }: { run: Run; meaning: string }) {
  const snapshot = useStore(dataStore, (state) => state.snapshot);
  const { data } = run;
  const note = useMemo(() => otherDataNote({ data }, snapshot), [data, snapshot]);
  return note === null ? null : (
    <p className="other-data" data-testid="other-data" role="note">
      <TriangleAlert size={16} aria-hidden="true" />
      <span>
        {note} {meaning}
      </span>
    </p>
  );
}
