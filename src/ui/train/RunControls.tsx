import { Button } from '@mantine/core';
import { Pause, Play, Square } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../state/data-store.ts';
import { checkDraft, readPath } from '../../state/draft.ts';
import { ownStore } from '../../state/own-store.ts';
import { pauseTraining, resumeTraining, startTraining, stopTraining } from '../../state/run-actions.ts';
import { isActive, runStore, statusOf } from '../../state/run-store.ts';

/** Start, pause, resume, stop; and why Start cannot be pressed when it cannot. */
export function RunControls() {
  const status = useStore(runStore, statusOf);
  const draft = useStore(runStore, (state) => state.draft);
  const ranBefore = useStore(runStore, (state) => state.current !== null);
  const people = useStore(dataStore, ({ snapshot }) => snapshot.people.length);
  const takingIn = useStore(dataStore, ({ intake }) => intake.status === 'running');
  const own = useStore(ownStore, ({ network }) => network?.findings ?? null);
  const reading = useStore(ownStore, (state) => state.reading !== null);
  const valid = useMemo(() => checkDraft(draft, own).valid, [draft, own]);
  const missing = own === null && readPath(draft, 'backbone.kind') === 'own';
  const active = isActive(status);
  const obstacle = takingIn
    ? 'Photos are still being taken in.'
    : people < 2
      ? 'Training needs at least 2 people: add photos first.'
      : reading
        ? 'Your network is still being read.'
        : missing
          ? 'Choose the files of your network first, below.'
          : valid
            ? null
            : 'Some settings are not valid: correct the fields marked in red.';
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
            disabled={status !== 'running'}
            onClick={() => void pauseTraining()}
          >
            Pause
          </Button>
        )}
        {status === 'paused' && (
          <Button
            data-testid="resume-training"
            leftSection={<Play size={16} aria-hidden="true" />}
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
            onClick={() => void stopTraining()}
          >
            Stop, keep the best
          </Button>
        )}
      </div>
      {!active && obstacle && <p className="quiet small">{obstacle}</p>}
    </div>
  );
}
