import { Button, TextInput } from '@mantine/core';
import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import {
  exportFormatStore,
  exportStore,
  loadExportFormats,
  writeModel,
  writtenFile,
} from '../../state/run/export-store.ts';
import { isActive, runStore, statusOf } from '../../state/run/run-store.ts';
import { bytes, plural } from '../common/format.ts';
import { Screen } from '../common/Screen.tsx';

/** Differences up to this are rounding errors. */
const ROUNDING = 1e-4;

function save(): void {
  const written = writtenFile();
  if (!written) return;
  const url = URL.createObjectURL(written.file);
  const link = document.createElement('a');
  link.href = url;
  link.download = written.name;
  link.click();
  // The download has started by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function Result() {
  const state = useStore(exportStore);
  switch (state.status) {
    case 'none':
      return null;
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
  const [name, setName] = useState('my-people');
  const status = useStore(runStore, statusOf);
  const report = useStore(runStore, ({ current }) => current?.report ?? null);
  const formats = useStore(exportFormatStore);
  const writing = useStore(exportStore, (state) => (state.status === 'writing' ? state.format : null));
  const ready = report !== null;

  useEffect(() => {
    if (ready) void loadExportFormats();
  }, [ready]);

  async function download(format: string): Promise<void> {
    if (await writeModel(format, name.trim() === '' ? 'my-people' : name.trim())) save();
  }

  return (
    <Screen title="Export">
      <div className="panel download">
        <div className="download-form">
          <p>
            {ready
              ? 'The best model of this run, with everything needed to use it elsewhere. It contains the names of the people, but no photos and no file names.'
              : isActive(status)
                ? 'The model can be downloaded once the run has finished or was stopped.'
                : 'Train a model first. Then it can be downloaded here and used without this page.'}
          </p>
          {ready && (
            <div className="rename">
              <TextInput
                label="Name of the model"
                value={name}
                maxLength={80}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              {formats.map(({ id, label }) => (
                <Button
                  key={id}
                  data-testid={`export-${id}`}
                  leftSection={<Download size={16} aria-hidden="true" />}
                  disabled={writing !== null && writing !== id}
                  loading={writing === id}
                  onClick={() => void download(id)}
                >
                  Download for {label}
                </Button>
              ))}
            </div>
          )}
          <div aria-live="polite">
            <Result />
          </div>
        </div>
        {ready &&
          formats.map(({ id, label, contents }) => (
            <dl className="contents" key={id} aria-label={`Files for ${label}`}>
              {contents.map(({ file, description }) => (
                <div key={file}>
                  <dt>{file}</dt>
                  <dd>{description}</dd>
                </div>
              ))}
            </dl>
          ))}
      </div>
    </Screen>
  );
}
