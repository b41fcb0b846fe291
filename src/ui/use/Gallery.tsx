import { ActionIcon, Button } from '@mantine/core';
import { Download, FolderOpen, Undo2, UserPlus, Users, X } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { unreachable } from '../../lib/unreachable.ts';
import { dataStore } from '../../state/data/data-store.ts';
import { loadGallery, removePerson, saveGallery, undoChange } from '../../state/use/gallery-actions.ts';
import { enrolDataPeople } from '../../state/use/model-actions.ts';
import { type GalleryChange, recogniserStore } from '../../state/use/recogniser-store.ts';
import { download } from '../common/download.ts';
import { FileButton } from '../common/FileButton.tsx';
import { plural } from '../common/format.ts';
import { Panel } from '../common/Panel.tsx';
import { AddPerson } from './AddPerson.tsx';

/** People in the list before the rest is asked for. */
const FIRST = 100;

function sayChange(change: GalleryChange): string {
  switch (change.kind) {
    case 'removed':
      return `${change.name} was removed.`;
    case 'enrolled': {
      const what = change.faces === 1 ? '1 face was added' : `${change.faces} faces were added`;
      return `${what} to ${change.name}${change.training === null ? '' : ', as a training photo too'}.`;
    }
    default:
      return unreachable(change);
  }
}

/** The people whom the recogniser knows. */
export function Gallery() {
  const { people, busy, open, changes } = useStore(recogniserStore);
  const onData = useStore(dataStore, ({ snapshot }) => snapshot.people.length);
  const [adding, setAdding] = useState(false);
  const [all, setAll] = useState(false);
  const disabled = busy !== null;
  const last = changes.at(-1);

  async function save(): Promise<void> {
    const file = await saveGallery();
    if (file) download(file, 'gallery.json');
  }

  return (
    <Panel title={people.length === 0 ? 'People' : `People (${people.length})`}>
      <div className="use-gallery">
        {people.length === 0 && (
          <p className="quiet small">
            Nobody is known yet. Add a person by name and a few photos: three to five, in different light, are
            a good start.
          </p>
        )}
        <ul className="use-people" data-testid="use-people">
          {people.slice(0, all ? people.length : FIRST).map(({ id, name, faces }) => (
            <li key={id}>
              <span className="use-person" title={name}>
                {name}
              </span>
              <span className="quiet small">
                {faces === 0 ? 'from the model' : plural(faces, 'face', 'faces')}
              </span>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={`Remove ${name}`}
                disabled={disabled}
                onClick={() => void removePerson(id)}
              >
                <X size={14} aria-hidden="true" />
              </ActionIcon>
            </li>
          ))}
        </ul>
        {!all && people.length > FIRST && (
          <Button size="xs" variant="subtle" onClick={() => setAll(true)}>
            Show all {people.length}
          </Button>
        )}
        {last && (
          <p className="use-change small" aria-live="polite">
            <span>{sayChange(last)}</span>
            <Button
              size="xs"
              variant="default"
              data-testid="use-undo"
              disabled={disabled}
              leftSection={<Undo2 size={14} aria-hidden="true" />}
              onClick={() => void undoChange()}
            >
              Undo
            </Button>
          </p>
        )}
        {adding ? (
          <AddPerson onClose={() => setAdding(false)} />
        ) : (
          <div className="buttons">
            <Button
              size="xs"
              data-testid="use-add-person"
              leftSection={<UserPlus size={16} aria-hidden="true" />}
              onClick={() => setAdding(true)}
            >
              Add a person
            </Button>
            {open && onData > 0 && (
              <Button
                size="xs"
                variant="default"
                data-testid="use-enrol-data"
                disabled={disabled}
                leftSection={<Users size={16} aria-hidden="true" />}
                onClick={() => void enrolDataPeople()}
              >
                Add the people on the Data screen
              </Button>
            )}
            {open && (
              // Side by side, also where they do not fit behind the others.
              <div className="buttons">
                <Button
                  size="xs"
                  variant="default"
                  data-testid="use-save-gallery"
                  disabled={disabled || people.length === 0}
                  leftSection={<Download size={16} aria-hidden="true" />}
                  onClick={() => void save()}
                >
                  Save
                </Button>
                <FileButton
                  size="xs"
                  label="Load"
                  icon={FolderOpen}
                  accept=".json,application/json"
                  testId="use-gallery-input"
                  multiple={false}
                  disabled={disabled}
                  onFiles={([file]) => {
                    if (file) void loadGallery(file);
                  }}
                />
              </div>
            )}
          </div>
        )}
        {open && (
          <p className="quiet small">
            A saved gallery holds names and embeddings, no photos. Embeddings are biometric data: keep the
            file to yourself. It fits the model that it was made with.
          </p>
        )}
      </div>
    </Panel>
  );
}
