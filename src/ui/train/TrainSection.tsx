import { memo, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../state/data/data-store.ts';
import { describeData, runDataOf } from '../../state/run/run-data.ts';
import { isActive, type Run, runStore, statusOf } from '../../state/run/run-store.ts';
import { preloadCharts } from '../charts/lazy.tsx';
import { OtherData } from '../common/OtherData.tsx';
import { Screen } from '../common/Screen.tsx';
import { addressOf } from '../common/screens.ts';
import { useThrottled } from '../common/useThrottled.ts';
import { PRESET_NAMES } from './names.ts';
import { Compare } from './results/Compare.tsx';
import { Details } from './results/Details.tsx';
import { Result } from './results/Result.tsx';
import { VerificationPanel } from './results/VerificationPanel.tsx';
import { AnglesPanel } from './run/AnglesPanel.tsx';
import { Curves } from './run/Curves.tsx';
import { Metrics } from './run/Metrics.tsx';
import { RunStatus } from './run/RunStatus.tsx';
import { SettingsDrawer } from './settings/SettingsDrawer.tsx';
import { ModeCards } from './setup/ModeCards.tsx';
import { RecommendationPanel } from './setup/Recommendation.tsx';
import { Start } from './setup/Start.tsx';

/** Choose a training mode, start, watch; afterwards the result comes first. */
export function TrainSection() {
  const run = useStore(runStore, (state) => state.current);
  const throttled = useThrottled(run);
  const [settingsOpen, setSettingsOpen] = useState(false);
  const setup = useRef<HTMLElement>(null);
  const loaded = useStore(dataStore, ({ snapshot }) => snapshot.people.length > 0);
  useEffect(() => {
    if (loaded) preloadCharts();
  }, [loaded]);
  const toSetup = (): void => {
    setup.current?.scrollIntoView({ block: 'nearest' });
    setup.current?.focus({ preventScroll: true });
  };
  return (
    <Screen title="Train" lead={<DataLine />}>
      <div className="train" data-run={run !== null}>
        {run && (
          <div className="train-results">
            <RunPanel run={run} onAgain={toSetup} />
            <Metrics run={run} />
            <Charts run={throttled ?? run} />
          </div>
        )}
        <section className="train-setup" ref={setup} tabIndex={-1} aria-label="Next run">
          <ModeCards />
          <Start onSettings={() => setSettingsOpen(true)} />
          <RecommendationPanel />
        </section>
      </div>
      {!run && <Status shown={false} />}
      <SettingsDrawer opened={settingsOpen} onClose={() => setSettingsOpen(false)} />
    </Screen>
  );
}

/** What would be trained on. */
function DataLine() {
  const snapshot = useStore(dataStore, (state) => state.snapshot);
  const described = useMemo(
    () => (snapshot.people.length === 0 ? null : describeData(runDataOf(snapshot))),
    [snapshot],
  );
  return (
    <>
      {described === null ? (
        <>
          There are no photos yet. <a href={addressOf('data')}>Add photos</a> of at least two people first.
        </>
      ) : (
        <>Loaded: {described}.</>
      )}
    </>
  );
}

/** The status of the current run in one word. Before the first run only scripts and screen readers have a use for it. */
function Status({ shown }: { shown: boolean }) {
  const status = useStore(runStore, statusOf);
  return (
    <span className={shown ? 'status' : 'visually-hidden'} data-testid="run-status" data-status={status}>
      {status}
    </span>
  );
}

function RunPanel({ run, onAgain }: { run: Run; onAgain: () => void }) {
  const active = isActive(run.status);
  return (
    <section className="panel run" aria-label="Current run" aria-live={active ? 'off' : 'polite'}>
      <p className="run-name small">
        <Status shown />
        <span className="quiet">
          {run.name}: {PRESET_NAMES[run.config.preset]}, {describeData(run.data)}
        </span>
      </p>
      <OtherData run={run} meaning="The figures below say nothing about what is loaded now." />
      {active ? <RunStatus run={run} /> : <Result key={run.id} run={run} onAgain={onAgain} />}
      {run.rollbacks.length > 0 && (
        <ul className="remarks">
          {run.rollbacks.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** What is costly to draw: not redrawn each time the numbers above it change, ten times a second. */
const Charts = memo(function Charts({ run }: { run: Run }) {
  return (
    <>
      <div className="run-charts">
        <Curves key={run.id} run={run} />
        <AnglesPanel run={run} />
      </div>
      <VerificationPanel run={run} />
      <Compare />
      <Details run={run} />
    </>
  );
});
