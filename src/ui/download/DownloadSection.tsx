import { Button, TextInput } from '@mantine/core';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { exportStore, writeModel, writtenFile } from '../../state/run/export-store.ts';
import { isActive, runStore, statusOf } from '../../state/run/run-store.ts';
import { bytes, plural } from '../common/format.ts';

const CONTENTS = [
  [
    'model.json and weights',
    'the backbone, which turns a face into an embedding; load it with tf.loadLayersModel',
  ],
  [
    'manifest.json',
    'how faces must be aligned and scaled, the people and their class centres, threshold, settings, results',
  ],
  ['README.md', 'example code'],
] as const;

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

/** Step 3: download the model. */
export function DownloadSection() {
  const [name, setName] = useState('my-people');
  const status = useStore(runStore, statusOf);
  const report = useStore(runStore, ({ current }) => current?.report ?? null);
  const writing = useStore(exportStore, (state) => state.status === 'writing');
  const ready = report !== null;

  async function download(): Promise<void> {
    if (await writeModel(name.trim() === '' ? 'my-people' : name.trim())) save();
  }

  return (
    <section className="step" id="step-download" role="tabpanel" aria-labelledby="tab-download">
      <h2>Download</h2>
      <div className="panel download">
        <div className="download-form">
          <p>
            {ready
              ? 'The best model of this run, with everything needed to use it elsewhere. It contains the names of the people, but no photos and no file names.'
              : isActive(status)
                ? 'The model can be downloaded once the run has finished or was stopped.'
                : 'Train a model first. Then it can be downloaded here and used without this page.'}
          </p>
          <div className="rename">
            <TextInput
              label="Name of the model"
              value={name}
              maxLength={80}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button
              data-testid="export-tfjs"
              leftSection={<Download size={16} aria-hidden="true" />}
              disabled={!ready}
              loading={writing}
              onClick={() => void download()}
            >
              Download for TensorFlow.js
            </Button>
          </div>
          <div aria-live="polite">
            <Result />
          </div>
        </div>
        <dl className="contents">
          {CONTENTS.map(([file, what]) => (
            <div key={file}>
              <dt>{file}</dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </div>
    </section>
  );
}
