import { Button, Progress } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { attention, needsAttention } from '../../state/data/attention.ts';
import { cancelIntake } from '../../state/data/data-actions.ts';
import { type DataState, dataStore, type Intake } from '../../state/data/data-store.ts';
import { countFaces } from '../../state/data/people.ts';
import { wrongFacesStore } from '../../state/data/wrong-faces.ts';
import { count, duration, plural } from '../common/format.ts';
import { AddPhotos } from '../common/photos/AddPhotos.tsx';
import { AttentionDrawer } from './AttentionDrawer.tsx';

const selectFaces = ({ snapshot }: DataState): number => countFaces(snapshot);

function sentence(intake: Intake): string {
  switch (intake.status) {
    case 'idle':
      return '';
    case 'running': {
      const { doing, done, total, photosPerSecond, secondsLeft } = intake;
      const progress =
        total > 0 ? `: ${count(done)} of ${count(total)}` : done > 0 ? `: ${count(done)}` : ' …';
      const speed = photosPerSecond > 0 ? ` · ${photosPerSecond.toFixed(1)} photos/s` : '';
      return `${doing}${progress}${speed}${secondsLeft === null ? '' : ` · ${duration(secondsLeft)} left`}`;
    }
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

/** What there is, and the progress of an import. It is there before the first photo, so that nothing moves later. */
export function IntakeBar({ empty }: { empty: boolean }) {
  const intake = useStore(dataStore, (state) => state.intake);
  const waiting = useStore(dataStore, (state) => state.waiting);
  const people = useStore(dataStore, (state) => state.snapshot.people.length);
  const faces = useStore(dataStore, selectFaces);
  const rejected = useStore(dataStore, (state) => state.snapshot.rejected.length);
  const running = intake.status === 'running';
  const unused = empty && intake.status === 'idle';
  return (
    <section className={unused ? 'visually-hidden' : 'intake'} aria-label="Import">
      <p className="intake-counts">
        <span>
          <strong data-testid="identity-count">{people}</strong> {people === 1 ? 'person' : 'people'}
        </span>
        <span>
          <strong data-testid="ingest-faces">{faces}</strong> {faces === 1 ? 'face' : 'faces'}
        </span>
        <span>
          <strong data-testid="ingest-rejected">{rejected}</strong> skipped
        </span>
        <span className="visually-hidden">
          Import: <span data-testid="ingest-status">{intake.status}</span>
        </span>
      </p>
      <p className="quiet small intake-sentence" aria-live={running ? 'off' : 'polite'}>
        {sentence(intake)}
        {waiting > 0 && ` ${plural(waiting, 'more drop is waiting', 'more drops are waiting')}.`}
      </p>
      {!unused && (
        <div className="buttons intake-actions">
          <Attention />
          {running ? (
            <Button variant="default" data-testid="cancel-ingest" onClick={cancelIntake}>
              Cancel
            </Button>
          ) : (
            <AddPhotos label="Add photos" variant="default" />
          )}
        </div>
      )}
      {running && <Running intake={intake} />}
    </section>
  );
}

function Running({ intake: { done, total } }: { intake: Extract<Intake, { status: 'running' }> }) {
  const known = total > 0;
  return (
    <Progress.Root size={3} radius={0} className="intake-progress">
      <Progress.Section
        value={known ? (100 * done) / total : 100}
        animated={!known}
        striped={!known}
        aria-label="Photos imported"
      />
    </Progress.Root>
  );
}

/** Opens the list of what needs attention. */
function Attention() {
  const snapshot = useStore(dataStore, (state) => state.snapshot);
  const importing = useStore(dataStore, (state) => state.intake.status === 'running');
  const notes = useStore(dataStore, (state) => state.notes);
  const wrong = useStore(wrongFacesStore, (state) => state.found);
  const [opened, setOpened] = useState(false);
  const entries = useMemo(
    () => attention(snapshot, importing, notes, wrong),
    [snapshot, importing, notes, wrong],
  );
  const open = entries.filter(needsAttention).length;
  return (
    <>
      <Button
        variant="default"
        className={open > 0 ? 'attention-open' : ''}
        leftSection={<TriangleAlert size={16} aria-hidden="true" />}
        data-testid="open-attention"
        disabled={entries.length === 0}
        onClick={() => setOpened(true)}
      >
        Needs attention ({count(open)})
      </Button>
      <AttentionDrawer opened={opened} entries={entries} onClose={() => setOpened(false)} />
    </>
  );
}
