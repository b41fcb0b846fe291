import { Button } from '@mantine/core';
import { Pause, Play, Square } from 'lucide-react';
import { useStore } from 'zustand';
import {
  pauseTraining,
  resumeTraining,
  startTraining,
  stopTraining,
} from '../../../state/run/run-actions.ts';
import { isActive, runStore, statusOf } from '../../../state/run/run-store.ts';
import { useObstacle } from '../useObstacle.ts';

/** Start, pause, resume, stop; and why Start is disabled when it is. */
export function RunControls() {
  const status = useStore(runStore, statusOf);
  const pending = useStore(runStore, ({ current }) => current?.pending ?? null);
  const ranBefore = useStore(runStore, (state) => state.current !== null);
  const active = isActive(status);
  const obstacle = useObstacle();
  return (
    <div className="controls">
      <div className="buttons">
        {!active && (
          <Button
            data-testid="start-training"
            leftSection={<Play size={16} aria-hidden="true" />}
            disabled={obstacle !== null}
            onClick={() => void startTraining()}
          >
            {ranBefore ? 'Train again' : 'Start training'}
          </Button>
        )}
        {active && status !== 'paused' && (
          <Button
            data-testid="pause-training"
            variant="default"
            leftSection={<Pause size={16} aria-hidden="true" />}
            disabled={pending !== null}
            onClick={() => void pauseTraining()}
          >
            {pending === 'pausing' ? 'Pausing …' : 'Pause'}
          </Button>
        )}
        {status === 'paused' && (
          <Button
            data-testid="resume-training"
            leftSection={<Play size={16} aria-hidden="true" />}
            disabled={pending !== null}
            onClick={() => void resumeTraining()}
          >
            Resume
          </Button>
        )}
        {active && (
          <Button
            data-testid="stop-training"
            variant="default"
            leftSection={<Square size={16} aria-hidden="true" />}
            disabled={pending === 'stopping'}
            onClick={() => void stopTraining()}
          >
            {pending === 'stopping' ? 'Stopping …' : 'Stop, keep the best'}
          </Button>
        )}
      </div>
      {!active && obstacle && <p className="quiet small">{obstacle}</p>}
    </div>
  );
}
