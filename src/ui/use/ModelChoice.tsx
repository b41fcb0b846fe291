import { ActionIcon, Button } from '@mantine/core';
import { PackageOpen, Users, X } from 'lucide-react';
import { useStore } from 'zustand';
import { dataStore } from '../../state/data/data-store.ts';
import { runStore } from '../../state/run/run-store.ts';
import { enrolDataPeople, openModelFile, openPretrained, openRun } from '../../state/use/model-actions.ts';
import { recogniserStore } from '../../state/use/recogniser-store.ts';
import { FileButton } from '../common/FileButton.tsx';
import { plural } from '../common/format.ts';
import { addressOf } from '../common/screens.ts';

interface Props {
  /** Whether a model is open that can be kept. */
  readonly closable: boolean;
  readonly onClose: () => void;
}

/** Which model names the people: without training, of a run, or of a file. */
export function ModelChoice({ closable, onClose }: Props) {
  const people = useStore(dataStore, ({ snapshot }) => snapshot.people.length);
  const run = useStore(runStore, ({ current }) => (current?.report ? current : null));
  const busy = useStore(recogniserStore, (state) => state.busy !== null);
  const unsaved = useStore(recogniserStore, (state) => state.unsaved);

  async function after(opening: Promise<boolean>): Promise<void> {
    if (await opening) onClose();
  }

  return (
    <section className="panel use-choice" aria-label="Model" data-drop="recogniser">
      <header className="panel-head">
        <h2>Which model?</h2>
        {closable && (
          <ActionIcon variant="subtle" color="gray" aria-label="Keep the open model" onClick={onClose}>
            <X size={18} aria-hidden="true" />
          </ActionIcon>
        )}
      </header>
      {closable && unsaved && (
        <p className="use-warning small">
          Another model begins with a gallery of its own. Save the people below first if you want to keep
          them.
        </p>
      )}
      <div className="use-choices">
        <div className="use-way">
          <h3>
            No training <span className="use-badge">Recommended</span>
          </h3>
          <p className="quiet small">
            The pretrained network and a few photos of each person. It is right for most: with few photos of
            each, training gains little.
          </p>
          <div className="buttons">
            {people > 0 && (
              <Button
                data-testid="use-data-people"
                disabled={busy}
                leftSection={<Users size={16} aria-hidden="true" />}
                onClick={() => void after(closable ? openPretrainedWithPeople() : enrolDataPeople())}
              >
                Use the {plural(people, 'person', 'people')} on the Data screen
              </Button>
            )}
            <Button
              data-testid="use-pretrained"
              variant={people > 0 ? 'default' : 'filled'}
              disabled={busy}
              onClick={() => void after(openPretrained())}
            >
              {people > 0 ? 'Start with nobody' : 'Use the pretrained network'}
            </Button>
          </div>
        </div>
        <div className="use-way">
          <h3>{run ? `The model of ${run.name}` : 'A model that you train here'}</h3>
          <p className="quiet small">
            {run
              ? 'The best of this run. It knows the people that it was trained on; others can be added.'
              : 'It comes with the people that it is trained on. There is no finished run yet.'}
          </p>
          <div className="buttons">
            {run ? (
              <Button
                variant="default"
                data-testid="use-run"
                disabled={busy}
                onClick={() => void after(openRun())}
              >
                Use the model of {run.name}
              </Button>
            ) : (
              <Button variant="default" component="a" href={addressOf('train')}>
                Go to Train
              </Button>
            )}
          </div>
        </div>
        <div className="use-way">
          <h3>A downloaded model</h3>
          <p className="quiet small">A .zip from the Export screen. Drop it here, or choose it.</p>
          <div className="buttons">
            <FileButton
              label="Choose a .zip"
              icon={PackageOpen}
              accept=".zip,application/zip"
              testId="use-model-input"
              multiple={false}
              disabled={busy}
              onFiles={([file]) => {
                if (file) void after(openModelFile(file));
              }}
            />
          </div>
        </div>
      </div>
    </section>
  );
}

const openPretrainedWithPeople = async (): Promise<boolean> =>
  (await openPretrained()) && (await enrolDataPeople());
