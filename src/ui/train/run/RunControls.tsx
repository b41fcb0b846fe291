import { Button } from '@mantine/core';
import { Pause, Play, Square } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { pauseTraining, resumeTraining, stopTraining } from '../../../state/run/run-actions.ts';
import type { Run } from '../../../state/run/run-store.ts';

/** Pause, resume and stop of an active run. Takes the focus when the run begins: Start, which had it, is disabled then. */
export function RunControls({ run }: { run: Run }) {
  const { id, status, pending } = run;
  const group = useRef<HTMLFieldSetElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each run
  useEffect(() => {
    group.current?.focus({ preventScroll: true });
    group.current?.closest('section')?.scrollIntoView({ block: 'nearest' });
  }, [id]);
  const paused = status === 'paused';
  return (
    <fieldset className="controls" ref={group} tabIndex={-1} aria-label="Controls of the run">
      {/* One button in one place, so that it keeps the focus when it changes its meaning. */}
      <Button
        data-testid={paused ? 'resume-training' : 'pause-training'}
        variant="default"
        leftSection={paused ? <Play size={16} aria-hidden="true" /> : <Pause size={16} aria-hidden="true" />}
        disabled={pending !== null}
        onClick={() => void (paused ? resumeTraining() : pauseTraining())}
      >
        {paused ? 'Resume' : pending === 'pausing' ? 'Pausing …' : 'Pause'}
      </Button>
      <Button
        data-testid="stop-training"
        variant="default"
        leftSection={<Square size={16} aria-hidden="true" />}
        disabled={pending === 'stopping'}
        onClick={() => void stopTraining()}
      >
        {pending === 'stopping' ? 'Stopping …' : 'Stop'}
      </Button>
    </fieldset>
  );
}
