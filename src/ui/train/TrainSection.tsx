import { useStore } from 'zustand';
import { runStore } from '../../state/run-store.ts';
import { Compare } from './Compare.tsx';
import { CurvePanels } from './CurvePanels.tsx';
import { HowDataWasSplit } from './HowDataWasSplit.tsx';
import { LiveNumbers } from './LiveNumbers.tsx';
import { Presets } from './Presets.tsx';
import { RunControls } from './RunControls.tsx';
import { Settings } from './Settings.tsx';
import { VerificationPanel } from './VerificationPanel.tsx';

/** Step 2: choose a recipe, start, watch. */
export function TrainSection() {
  const run = useStore(runStore, (state) => state.current);
  return (
    <section className="step" id="step-train" role="tabpanel" aria-labelledby="tab-train">
      <h2>Train</h2>
      <div className="train">
        <div className="train-settings">
          <Presets />
          <RunControls />
          <Settings />
        </div>
        <div className="train-results">
          <LiveNumbers run={run} />
          <CurvePanels run={run} />
          <VerificationPanel run={run} />
          {run?.split && <HowDataWasSplit run={run} />}
          <Compare />
        </div>
      </div>
    </section>
  );
}
