import { useMemo } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../state/data/data-store.ts';
import { pastResultsOf, type Recommendation, recommend } from '../../state/run/recommendation.ts';
import { isActive, runStore, statusOf } from '../../state/run/run-store.ts';

/** What is recommended for the loaded data, with the ended runs on them in mind; null where nothing can be trained. */
export function useRecommendation(): Recommendation | null {
  const snapshot = useStore(dataStore, (state) => state.snapshot);
  const importing = useStore(dataStore, ({ intake }) => intake.status === 'running');
  // An active run has no result yet, and changes ten times a second.
  const ended = useStore(runStore, (state) => (isActive(statusOf(state)) ? null : state.current));
  const earlier = useStore(runStore, (state) => state.earlier);
  const pastResults = useMemo(
    () => pastResultsOf(ended ? [...earlier, ended] : earlier, snapshot),
    [ended, earlier, snapshot],
  );
  return useMemo(
    () => (importing ? null : recommend(snapshot, pastResults)),
    [importing, snapshot, pastResults],
  );
}
