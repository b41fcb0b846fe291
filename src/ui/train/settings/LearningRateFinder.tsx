import { Button, Progress } from '@mantine/core';
import { Search } from 'lucide-react';
import { Suspense } from 'react';
import { useStore } from 'zustand';
import type { RatePoint } from '../../../domain/lr-finder.ts';
import { dataStore } from '../../../state/data/data-store.ts';
import {
  applySuggestedRate,
  cancelLrFinder,
  closeLrFinder,
  startLrFinder,
} from '../../../state/run/lr-finder-actions.ts';
import { type LrFinderState, lrFinderStore, stillHolds } from '../../../state/run/lr-finder-store.ts';
import { settingsStore } from '../../../state/settings/settings-store.ts';
import { RateSearchChart } from '../../charts/lazy.tsx';
import { rate } from '../../common/format.ts';
import { useBusy, useObstacle } from '../useObstacle.ts';

/** LR range test, below the learning rate: trains a few steps at increasing rates and suggests one. */
export function LearningRateFinder() {
  const state = useStore(lrFinderStore);
  const obstacle = useObstacle();
  const searching = state.status === 'searching';
  return (
    <div className="rate-finder" data-testid="rate-finder" data-status={state.status}>
      {!searching && (
        <div className="rate-finder-head">
          <Button
            size="compact-xs"
            variant="default"
            data-testid="find-rate"
            leftSection={<Search size={14} aria-hidden="true" />}
            disabled={obstacle !== null}
            onClick={() => void startLrFinder()}
          >
            {state.status === 'none' ? 'Find a learning rate' : 'Search again'}
          </Button>
          {(obstacle !== null || state.status === 'none') && (
            <span className="setting-about">
              {obstacle ?? 'Tries many on your photos; usually within a minute.'}
            </span>
          )}
        </div>
      )}
      <div aria-live={searching ? 'off' : 'polite'}>
        <Outcome state={state} />
      </div>
    </div>
  );
}

function Outcome({ state }: { state: LrFinderState }) {
  switch (state.status) {
    case 'none':
      return null;
    case 'searching':
      return <Searching state={state} />;
    case 'failed':
      return (
        <p className="setting-about">
          <strong className="wrong">{state.problem.what}</strong> {state.problem.remedy}
        </p>
      );
    case 'done':
      return <Result state={state} />;
  }
}

function Searching({ state }: { state: Extract<LrFinderState, { status: 'searching' }> }) {
  const { what, done, total, points } = state;
  return (
    <div className="rate-finder-body">
      <div className="rate-finder-head">
        <Button size="compact-xs" variant="default" data-testid="cancel-rate" onClick={cancelLrFinder}>
          Cancel
        </Button>
        <span className="setting-about">
          {what}
          {total > 0 && ` ${done} of ${total}`}
        </span>
      </div>
      <Progress.Root size="sm">
        <Progress.Section value={total > 0 ? (100 * done) / total : 0} aria-label="Progress of the search" />
      </Progress.Root>
      {points.length > 1 && <Curve points={points} suggested={null} />}
    </div>
  );
}

function Result({ state }: { state: Extract<LrFinderState, { status: 'done' }> }) {
  const { points, suggestion } = state.search;
  const form = useStore(settingsStore, (settings) => settings.form);
  const snapshot = useStore(dataStore, (data) => data.snapshot);
  const busy = useBusy();
  const holds = stillHolds(state, form, snapshot);
  return (
    <div className="rate-finder-body">
      {points.length > 1 && <Curve points={points} suggested={suggestion.rate} />}
      <p className="setting-about" data-testid="rate-suggestion">
        {suggestion.why}
        {!holds && ' The settings or the photos have changed since: search again.'}
      </p>
      <div className="buttons">
        {suggestion.rate !== null && holds && (
          <Button size="compact-xs" data-testid="use-rate" disabled={busy} onClick={applySuggestedRate}>
            Use {rate(suggestion.rate)}
          </Button>
        )}
        <Button size="compact-xs" variant="default" onClick={closeLrFinder}>
          Close
        </Button>
      </div>
    </div>
  );
}

function Curve(props: { points: readonly RatePoint[]; suggested: number | null }) {
  return (
    <div data-testid="chart-rate-search">
      <Suspense fallback={<div className="chart-box" />}>
        <RateSearchChart {...props} />
      </Suspense>
    </div>
  );
}
