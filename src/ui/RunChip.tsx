import { Button, Progress } from '@mantine/core';
import { useStore } from 'zustand';
import { cancelLrFinder } from '../state/run/lr-finder-actions.ts';
import { lrFinderStore } from '../state/run/lr-finder-store.ts';
import { stopTraining } from '../state/run/run-actions.ts';
import { isActive, type Run, runStore } from '../state/run/run-store.ts';
import { duration } from './common/format.ts';
import { addressOf } from './common/screens.ts';

interface Task {
  readonly what: string;
  /** 0 to 1. */
  readonly share: number;
  readonly secondsLeft: number | null;
  readonly stop: () => void;
}

function runTask(run: Run | null): Task | null {
  if (!run || !isActive(run.status)) return null;
  const stop = (): void => void stopTraining();
  if (run.status === 'preparing') {
    const { done, total } = run.preparing ?? { done: 0, total: 0 };
    return { what: 'Preparing', share: total > 0 ? done / total : 0, secondsLeft: null, stop };
  }
  return {
    what: run.status === 'paused' ? 'Paused' : 'Training',
    share: run.totalSteps > 0 ? (run.latest?.step ?? 0) / run.totalSteps : 0,
    secondsLeft: run.secondsLeft,
    stop,
  };
}

/** The task that the trainer is busy with. */
function useTask(): Task | null {
  const run = useStore(runStore, ({ current }) => current);
  const search = useStore(lrFinderStore);
  if (search.status === 'searching') {
    const share = search.total > 0 ? search.done / search.total : 0;
    return { what: 'Finding a learning rate', share, secondsLeft: null, stop: cancelLrFinder };
  }
  return runTask(run);
}

/** Progress of the run, time left and Stop, on every screen while something trains. */
export function RunChip() {
  const task = useTask();
  if (!task) return null;
  const { what, share, secondsLeft, stop } = task;
  const percent = Math.floor(100 * share);
  return (
    <section className="run-chip" aria-label="Training in progress" data-testid="run-chip">
      <a className="run-chip-text" href={addressOf('train')}>
        <strong>{what}</strong>
        <span className="quiet small">
          {percent} %{secondsLeft !== null && ` · ${duration(secondsLeft)} left`}
        </span>
      </a>
      <Button size="compact-sm" variant="default" data-testid="run-chip-stop" onClick={stop}>
        Stop
      </Button>
      <Progress.Root size={4} className="run-chip-progress">
        <Progress.Section value={100 * share} aria-label={what} />
      </Progress.Root>
    </section>
  );
}
