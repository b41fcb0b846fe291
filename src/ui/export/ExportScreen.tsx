import { Button, TextInput } from '@mantine/core';
import { PackageOpen } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { dataStore } from '../../state/data/data-store.ts';
import {
  exportStore,
  loadExportFormats,
  writeModel,
  writtenFile,
} from '../../state/run/export/export-store.ts';
import { isActive, runStore, statusOf } from '../../state/run/run-store.ts';
import { download } from '../common/download.ts';
import { bytes, plural } from '../common/format.ts';
import { OtherData } from '../common/OtherData.tsx';
import { Screen } from '../common/Screen.tsx';
import { addressOf } from '../common/screens.ts';
import { Crops } from './Crops.tsx';
import { Formats } from './Formats.tsx';
import { OperatingPoint } from './OperatingPoint.tsx';
import { Precision } from './Precision.tsx';

/** Differences up to this are rounding errors. */
const ROUNDING = 1e-4;

function save(): void {
  const written = writtenFile();
  if (written) download(written.file, written.name);
}

function Result() {
  const state = useStore(exportStore);
  switch (state.status) {
    case 'none':
      return (
        <p className="quiet">
          Before you get the file, it is loaded again, and its embeddings are compared with those of the
          model.
        </p>
      );
    case 'writing':
      return <p className="quiet">Writing the file, loading it again and comparing embeddings …</p>;
    case 'ready': {
      const { faces, maxDifference } = state.check;
      return (
        <p className={maxDifference <= ROUNDING ? 'check-good' : 'check-bad'} data-testid="export-check">
          {state.name}, {bytes(state.bytes)}. Loaded again and compared on {plural(faces, 'face', 'faces')}:{' '}
          {maxDifference === 0
            ? 'no difference'
            : `the largest difference is ${maxDifference.toExponential(1)}`}
          {maxDifference <= ROUNDING
            ? ', the file is correct.'
            : '. That is more than rounding error: do not use this file, train again.'}
        </p>
      );
    }
  }
}

/** The model of the run, to be taken away. */
export function ExportScreen() {
  const status = useStore(runStore, statusOf);
  const ready = useStore(runStore, ({ current }) => current?.report != null);
  const people = useStore(dataStore, ({ snapshot }) => snapshot.people.length);
  return (
    <Screen
      title="Export"
      lead={
        ready
          ? 'Your model is ready: the best of this run, with everything needed to use it elsewhere.'
          : undefined
      }
    >
      {ready ? <Model /> : <NoModel training={isActive(status)} />}
      {(ready || (people >= 2 && !isActive(status))) && <Crops trained={ready} />}
    </Screen>
  );
}

function NoModel({ training }: { training: boolean }) {
  return (
    <div className="no-model">
      <PackageOpen size={40} strokeWidth={1.4} aria-hidden="true" />
      <h2>{training ? 'The model is being trained' : 'There is no model yet'}</h2>
      <p className="quiet">
        {training
          ? 'It can be downloaded here once the run has finished or was stopped.'
          : 'Train one first. Then it can be downloaded here and used without this page.'}
      </p>
      <Button component="a" href={addressOf('train')} size="md" variant={training ? 'default' : 'filled'}>
        {training ? 'See the training' : 'Go to Train'}
      </Button>
    </div>
  );
}

function Model() {
  const [name, setName] = useState('my-people');
  const run = useStore(runStore, ({ current }) => current);

  useEffect(() => {
    void loadExportFormats();
  }, []);

  async function write(format: string): Promise<void> {
    if (await writeModel(format, name.trim() === '' ? 'my-people' : name.trim())) save();
  }

  return (
    <div className="export">
      <div className="export-form">
        {run && <OtherData run={run} meaning="The file holds the people of that run." />}
        <TextInput
          label="Name of the model"
          size="md"
          value={name}
          maxLength={80}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <OperatingPoint />
        <Precision />
        <div className="export-result" aria-live="polite">
          <Result />
        </div>
        <p className="quiet small">
          It contains the names of the people, but no photos and no file names. Recognise only people who
          agree to it.
        </p>
      </div>
      <Formats onDownload={(format) => void write(format)} />
    </div>
  );
}
