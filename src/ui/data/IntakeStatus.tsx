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
      return 'No photos yet. Imported photos are counted here; files that cannot be used are listed with the reason.';
    case 'running':
      return intake.total > 0
        ? `${intake.doing}: ${count(intake.done)} of ${count(intake.total)}`
        : `${intake.doing}${intake.done > 0 ? `: ${count(intake.done)}` : ' …'}`;
    case 'done': {
      const { files, faces, rejected, seconds } = intake.summary;
      if (files === 0) return 'The last drop added nothing; what was there before is kept.';
      return `${plural(files, 'file', 'files')} read in ${duration(seconds)}: ${plural(faces, 'face', 'faces')} imported, ${count(rejected)} skipped.`;
    }
    case 'cancelled':
      return intake.total > 0
        ? `Cancelled after ${count(intake.done)} of ${count(intake.total)} files. The faces found so far are kept.`
        : 'Cancelled. Nothing was added.';
  }
}

function Running({ intake }: { intake: Extract<Intake, { status: 'running' }> }) {
  const known = intake.total > 0;
  const share = known ? (100 * intake.done) / intake.total : 100;
  return (
    <div className="intake-running">
      <Progress.Root size="sm" transitionDuration={150}>
        <Progress.Section value={share} animated={!known} striped={!known} aria-label="Photos imported" />
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

/** Progress of the import, and what there is now. */
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
        <Stat label="Skipped" value={rejected} testId="ingest-rejected" />
        <Stat label="Import" value={intake.status} testId="ingest-status" />
      </div>
      <p className="quiet small intake-sentence" aria-live={intake.status === 'running' ? 'off' : 'polite'}>
        {sentence(intake)}
        {waiting > 0 && ` ${plural(waiting, 'more drop is waiting', 'more drops are waiting')}.`}
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
