import { Progress } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Run } from '../../../state/run/run-store.ts';
import { phasesOf, remainingOf } from '../../../state/run/timing.ts';
import { count, duration } from '../../common/format.ts';
import { PRESET_NAMES } from '../names.ts';
import { RunControls } from './RunControls.tsx';

const TICK_MS = 500;

/** An active run: what it is doing, how far it is, how long it has taken and will take, and its controls. */
export function RunStatus({ run }: { run: Run }) {
  return (
    <div className="run-active">
      <div className="run-active-head">
        <p className="run-headline">{headline(run)}</p>
        {run.pending && (
          <output className="visually-hidden" data-testid="run-pending">
            {run.pending} …
          </output>
        )}
        <RunControls run={run} />
      </div>
      <Progress.Root size="md">
        <Progress.Section value={100 * share(run)} aria-label="Progress of the run" />
      </Progress.Root>
      <Times run={run} />
      <p className="quiet small run-help">{help(run)}</p>
    </div>
  );
}

function headline(run: Run): string {
  const { pending, status, preparing, latest, totalSteps, config } = run;
  if (pending === 'stopping') return 'Stopping after the current step …';
  if (pending === 'pausing') return 'Pausing after the current step …';
  switch (status) {
    case 'preparing':
      return preparing
        ? `${preparing.what}: ${count(preparing.done)} of ${count(preparing.total)}`
        : 'Choosing the backend and loading the network …';
    case 'paused':
      return `Paused at step ${count(latest?.step ?? 0)} of ${count(totalSteps)}`;
    default: {
      if (preparing) return `${preparing.what}: ${count(preparing.done)} of ${count(preparing.total)}`;
      const epoch = Math.min(config.epochs, Math.floor(latest?.epoch ?? 0) + 1);
      return `${PRESET_NAMES[config.preset]}: epoch ${epoch} of ${config.epochs}, step ${count(latest?.step ?? 0)} of ${count(totalSteps)}`;
    }
  }
}

/** What happens in this phase, for whoever sees it for the first time. */
function help({ status, config }: Run): string {
  if (status === 'paused') return 'Nothing is lost: Resume goes on from this step.';
  if (status === 'running') {
    return config.preset === 'quick'
      ? 'The embedding layer and the class centres are trained on the features. After each epoch the network is tested on photos that it is not trained on. Stop keeps the best epoch.'
      : 'The network is trained on small batches of photos, each time changed a little. After each epoch it is tested on photos that it is not trained on. Stop keeps the best epoch.';
  }
  return config.preset === 'quick'
    ? 'The pretrained network looks at each photo once, which takes most of the time. Training on these features takes seconds.'
    : 'The photos are decoded, and the network is tested once before training, to compare with.';
}

function share({ status, preparing, totalSteps, latest }: Run): number {
  if (status === 'preparing') return preparing && preparing.total > 0 ? preparing.done / preparing.total : 0;
  return totalSteps > 0 ? (latest?.step ?? 0) / totalSteps : 0;
}

/** The present time in milliseconds, anew twice a second. */
function useNow(): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Elapsed and remaining time of each phase. */
function Times({ run }: { run: Run }) {
  const now = useNow();
  const phases = phasesOf(run, now);
  const left = run.status === 'preparing' ? null : remainingOf(run);
  const rows = [
    { name: 'Preparing', elapsed: phases.preparing, left: null },
    { name: 'Training', elapsed: phases.training, left: left?.training ?? null },
    { name: 'Evaluation', elapsed: phases.evaluation, left: left?.evaluation ?? null },
    { name: 'Total', elapsed: phases.total, left: left?.total ?? null, open: left?.evaluation === null },
  ];
  return (
    <dl className="times" data-testid="run-times">
      {rows.map(({ name, elapsed, left: rest, open }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {duration(elapsed)}
            <span className="times-left">
              {rest === null ? '\u00a0' : `${open ? 'more than ' : ''}${duration(rest)} left`}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
