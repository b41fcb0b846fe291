import { memo } from 'react';
import { useStore } from 'zustand';
import { type Run, runStore } from '../../state/run/run-store.ts';
import { Screen } from '../common/Screen.tsx';
import { useThrottled } from '../common/useThrottled.ts';
import { Compare } from './results/Compare.tsx';
import { DataSplit } from './results/DataSplit.tsx';
import { VerificationPanel } from './results/VerificationPanel.tsx';
import { CurvePanels } from './run/CurvePanels.tsx';
import { LiveNumbers } from './run/LiveNumbers.tsx';
import { RunControls } from './run/RunControls.tsx';
import { Presets } from './settings/Presets.tsx';
import { RecommendationPanel } from './settings/Recommendation.tsx';
import { Settings } from './settings/Settings.tsx';

/** Step 2: choose a training mode, start, watch. */
export function TrainSection() {
  const run = useStore(runStore, (state) => state.current);
  const throttled = useThrottled(run);
  return (
    <Screen title="Train">
      <div className="train">
        <div className="train-settings">
          <RecommendationPanel />
          <Presets />
          <RunControls />
          <Settings />
        </div>
        <div className="train-results">
          <LiveNumbers run={run} />
          <Charts run={throttled} />
        </div>
      </div>
    </Screen>
  );
}

/** What is costly to draw: not redrawn each time the numbers above it change, ten times a second. */
const Charts = memo(function Charts({ run }: { run: Run | null }) {
  return (
    <>
      <CurvePanels run={run} />
      <VerificationPanel run={run} />
      {run?.split && <DataSplit run={run} />}
      <Compare />
    </>
  );
});
