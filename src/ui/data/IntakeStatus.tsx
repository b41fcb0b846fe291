import { Button, Progress } from '@mantine/core';
import { useStore } from 'zustand';
import { cancelIntake } from '../../state/data/data-actions.ts';
import { type DataState, dataStore, type Intake } from '../../state/data/data-store.ts';
import { countFaces } from '../../state/data/people.ts';
import { count, duration, plural } from '../common/format.ts';
import { Stat } from '../common/Stat.tsx';

const selectFaces = ({ snapshot }: DataState): number => countFaces(snapshot);

function sentence(intake: Intake): string {
  switch (intake.status) {
    case 'idle':
      return 'No photos yet. Everything that is taken in is counted here, and what could not be used is listed with its reason.';
    case 'running':
      return intake.total > 0
        ? `${intake.doing}: ${count(intake.done)} of ${count(intake.total)}`
        : `${intake.doing}${intake.done > 0 ? `: ${count(intake.done)}` : ' …'}`;
    case 'done': {
      const { files, faces, rejected, seconds } = intake.summary;
      if (files === 0) return 'Nothing was added by the last drop; what was there before is kept.';
      return `${plural(files, 'file', 'files')} looked at in ${duration(seconds)}: ${plural(faces, 'face', 'faces')} taken, ${count(rejected)} not used.`;
    }
    case 'cancelled':
      return intake.total > 0
        ? `Cancelled after ${count(intake.done)} of ${count(intake.total)} files. What was found until then is kept.`
        : 'Cancelled. Nothing was added.';
  }
}

function Running({ intake }: { intake: Extract<Intake, { status: 'running' }> }) {
  const known = intake.total > 0;
  const share = known ? (100 * intake.done) / intake.total : 100;
  return (
    <div className="intake-running">
      <Progress.Root size="sm" transitionDuration={150}>
        <Progress.Section value={share} animated={!known} striped={!known} aria-label="Photos taken in" />
      </Progress.Root>
      <div className="intake-line">
        <span className="quiet small">
          {intake.photosPerSecond > 0 && `${intake.photosPerSecond.toFixed(1)} photos/s`}
          {intake.secondsLeft !== null && ` · ${duration(intake.secondsLeft)} left`}
        </span>
        <Button variant="default" size="xs" data-testid="cancel-ingest" onClick={cancelIntake}>
          Cancel
        </Button>
      </div>
    </div>
  );
}

/** What is being taken in, and what there is now. */
export function IntakeStatus() {
  const intake = useStore(dataStore, (state) => state.intake);
  const waiting = useStore(dataStore, (state) => state.waiting);
  const notes = useStore(dataStore, (state) => state.notes);
  const people = useStore(dataStore, (state) => state.snapshot.people.length);
  const faces = useStore(dataStore, selectFaces);
  const rejected = useStore(dataStore, (state) => state.snapshot.rejected.length);
  return (
    <div className="intake">
      <div className="stats">
        <Stat label="People" value={people} testId="identity-count" />
        <Stat label="Faces" value={faces} testId="ingest-faces" />
        <Stat label="Not used" value={rejected} testId="ingest-rejected" />
        <Stat label="Intake" value={intake.status} testId="ingest-status" />
      </div>
      <p className="quiet small intake-sentence" aria-live={intake.status === 'running' ? 'off' : 'polite'}>
        {sentence(intake)}
        {waiting > 0 && ` ${plural(waiting, 'more drop waits', 'more drops wait')}.`}
      </p>
      {intake.status === 'running' && <Running intake={intake} />}
      {notes.length > 0 && (
        <ul className="notes">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
