import { Button, Progress } from '@mantine/core';
import { FileArchive, FileSpreadsheet, FolderOpen, ImagePlus } from 'lucide-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../../state/data/data-store.ts';
import { runStore } from '../../../state/run/run-store.ts';
import { resultText } from '../../../state/use/naming.ts';
import { pageModelStore } from '../../../state/use/page-model.ts';
import { namePhotos } from '../../../state/use/photo-actions.ts';
import { cancelNaming, clearPhotos, nameTheRest, photoStore } from '../../../state/use/photo-store.ts';
import { recogniserStore } from '../../../state/use/recogniser-store.ts';
import { resultsCsv, zipByPerson } from '../../../state/use/results-files.ts';
import { download } from '../../common/download.ts';
import { FileButton } from '../../common/FileButton.tsx';
import { count, plural } from '../../common/format.ts';
import { PHOTO_TYPES } from '../../common/photos/PhotoInputs.tsx';
import { PhotoTable } from './PhotoTable.tsx';
import { ShownPhoto } from './ShownPhoto.tsx';

/** Whom the next photos will be compared with. */
function WhoIsKnown() {
  const { open, people } = useStore(recogniserStore);
  const onPage = useStore(pageModelStore, ({ address }) => address !== null);
  const onData = useStore(dataStore, ({ snapshot }) => snapshot.people.length);
  const run = useStore(runStore, ({ current }) => (current?.report ? current.name : null));
  if (open === null && onPage) return null; // its model is being loaded
  if (open === null && run !== null) return <>Without a choice above, the model of {run} is used.</>;
  if (open === null && onData > 0) {
    const who = plural(onData, 'person', 'people');
    return <>Without a choice above, the pretrained network is used, with the {who} on the Data screen.</>;
  }
  if (people.length > 0) return <>{plural(people.length, 'person is', 'people are')} known.</>;
  return (
    <>
      Nobody is known yet. Add people first, by a few photos of each, or choose photos and say who is on them.
    </>
  );
}

/** Names the people in one photo or in many. */
export function NamePhotos() {
  const { rows, shown, running } = useStore(photoStore);
  const { threshold, open, busy } = useStore(recogniserStore);
  const row = rows.find(({ key }) => key === shown) ?? null;
  const left = rows.filter(({ fresh }) => !fresh).length;
  const done = rows.length > 0 && left === 0 && busy === null;
  const text = useMemo(() => {
    const photos = rows.flatMap(({ result }) => (result?.kind === 'named' ? [result.photo] : []));
    return photos.length === 0 ? 'not read' : resultText(photos, threshold);
  }, [rows, threshold]);

  async function zip(): Promise<void> {
    const file = await zipByPerson(rows, threshold);
    if (file) download(file, 'photos-by-person.zip');
  }

  return (
    <div className="use-photos">
      <div className="buttons">
        <FileButton
          label="Choose photos"
          icon={ImagePlus}
          variant={rows.length === 0 ? 'filled' : 'default'}
          accept={PHOTO_TYPES}
          testId="use-input"
          onFiles={(files) => void namePhotos(files)}
        />
        <FileButton
          label="Choose a folder"
          icon={FolderOpen}
          testId="use-folder-input"
          folder
          onFiles={(files) => void namePhotos(files)}
        />
        {rows.length > 0 && (
          <Button variant="subtle" color="gray" onClick={() => void clearPhotos()}>
            Clear
          </Button>
        )}
      </div>
      {rows.length === 0 ? (
        <div className="use-empty">
          <ImagePlus size={40} strokeWidth={1.4} aria-hidden="true" />
          <p>Choose or drop photos: everybody in them gets a name, or “unknown”.</p>
          <p className="quiet small">
            <WhoIsKnown />
          </p>
        </div>
      ) : (
        <>
          <p className="use-found">
            <span className="quiet small">{running ? 'Naming' : 'Found'}</span>{' '}
            <strong data-testid="use-result" aria-live="polite">
              {done ? text : ''}
            </strong>
            {!done && running && (
              <span>
                {count(rows.length - left)} of {count(rows.length)} photos …
              </span>
            )}
            {!done && !running && <span>{count(left)} photos are left.</span>}
          </p>
          {rows.length > 1 && (
            <div className="use-progress" data-idle={done || undefined}>
              <Progress.Root size="sm">
                <Progress.Section
                  value={(100 * (rows.length - left)) / rows.length}
                  aria-label="Photos looked at"
                />
              </Progress.Root>
              <Button
                size="xs"
                variant="default"
                disabled={!running && open === null}
                onClick={() => (running ? cancelNaming() : void nameTheRest())}
              >
                {running ? 'Stop' : 'Continue'}
              </Button>
            </div>
          )}
          {row && <ShownPhoto key={row.key} row={row} />}
          {rows.length > 1 && (
            <>
              <PhotoTable rows={rows} shown={shown} threshold={threshold} />
              <div className="buttons">
                <Button
                  size="xs"
                  variant="default"
                  data-testid="use-csv"
                  leftSection={<FileSpreadsheet size={16} aria-hidden="true" />}
                  onClick={() =>
                    download(new Blob([resultsCsv(rows, threshold)], { type: 'text/csv' }), 'names.csv')
                  }
                >
                  Table as CSV
                </Button>
                <Button
                  size="xs"
                  variant="default"
                  data-testid="use-zip"
                  disabled={busy !== null}
                  leftSection={<FileArchive size={16} aria-hidden="true" />}
                  onClick={() => void zip()}
                >
                  Photos sorted by person (.zip)
                </Button>
              </div>
            </>
          )}
        </>
      )}
    </div>
  );
}
