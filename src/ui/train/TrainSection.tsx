import { memo } from 'react';
import { useStore } from 'zustand';
import { type Run, runStore } from '../../state/run-store.ts';
import { useCalm } from '../common/useCalm.ts';
import { Compare } from './Compare.tsx';
import { CurvePanels } from './CurvePanels.tsx';
import { HowDataWasSplit } from './HowDataWasSplit.tsx';
import { LiveNumbers } from './LiveNumbers.tsx';
import { Presets } from './Presets.tsx';
import { RunControls } from './RunControls.tsx';
import { Settings } from './Settings.tsx';
import { Suggestion } from './Suggestion.tsx';
import { VerificationPanel } from './VerificationPanel.tsx';

/** Step 2: choose a recipe, start, watch. */
export function TrainSection() {
  const run = useStore(runStore, (state) => state.current);
  const calm = useCalm(run);
  return (
    <section className="step" id="step-train" role="tabpanel" aria-labelledby="tab-train">
      <h2>Train</h2>
      <div className="train">
        <div className="train-settings">
          <Suggestion />
          <Presets />
          <RunControls />
          <Settings />
        </div>
        <div className="train-results">
          <LiveNumbers run={run} />
          <Charts run={calm} />
        </div>
      </div>
    </section>
  );
}

/** All that is costly to draw: left alone while the numbers above it change ten times a second. */
const Charts = memo(function Charts({ run }: { run: Run | null }) {
  return (
    <>
      <CurvePanels run={run} />
      <VerificationPanel run={run} />
      {run?.split && <HowDataWasSplit run={run} />}
      <Compare />
    </>
  );
});
