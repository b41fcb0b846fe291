import { Button, TextInput } from '@mantine/core';
import { ImagePlus, Trash2, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useStore } from 'zustand';
import type { FaceFlag } from '../../domain/faces.ts';
import type { PersonId } from '../../lib/brand.ts';
import { toProblem } from '../../lib/problem.ts';
import { addFiles, dropFace, dropPeople, rename } from '../../state/data/data-actions.ts';
import { dataStore } from '../../state/data/data-store.ts';
import type { FaceRow, PersonRow } from '../../state/data/people.ts';
import { Dialog } from '../common/Dialog.tsx';
import { FileButton } from '../common/FileButton.tsx';
import { plural } from '../common/format.ts';
import { PHOTO_TYPES } from '../common/photos/PhotoInputs.tsx';
import { Thumb } from '../common/Thumb.tsx';
import { TileGrid } from '../common/TileGrid.tsx';

const TILE_WIDTH = 96;
const ROW_HEIGHT = 112;

const FLAGS: Readonly<Record<FaceFlag, string>> = {
  'several-faces': 'several faces',
  'whole-picture': 'whole image',
  chosen: 'chosen by you',
  'as-is': 'used as is',
  'low-resolution': 'low resolution',
};

/** `as-is` needs no label: it applies to every photo of the folder. */
const flagText = (flags: readonly FaceFlag[]): string =>
  flags
    .filter((flag) => flag !== 'as-is')
    .map((flag) => FLAGS[flag])
    .join(', ');

function Face({ person, face: { id, path, flags } }: { person: PersonId; face: FaceRow }) {
  return (
    <figure className="face" title={path}>
      <Thumb id={id} size={88} alt={path} />
      <button
        type="button"
        className="face-remove"
        aria-label={`Remove ${path}`}
        onClick={() => dropFace(person, id)}
      >
        <X size={14} aria-hidden="true" />
      </button>
      <figcaption>{flagText(flags)}</figcaption>
    </figure>
  );
}

function Content({ person, onClose }: { person: PersonRow; onClose: () => void }) {
  const [name, setName] = useState(person.name);
  const [wrong, setWrong] = useState<string | null>(null);

  function save(event: FormEvent): void {
    event.preventDefault();
    try {
      rename(person.id, name);
      setWrong(null);
    } catch (thrown) {
      const { what, remedy } = toProblem(thrown);
      setWrong(`${what} ${remedy}`);
    }
  }

  return (
    <div className="person-dialog">
      <form onSubmit={save} className="rename">
        <TextInput
          label="Name"
          value={name}
          error={wrong}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={name.trim() === person.name}>
          Rename
        </Button>
      </form>
      <TileGrid
        items={person.faces}
        tileWidth={TILE_WIDTH}
        rowHeight={ROW_HEIGHT}
        className="faces-box"
        tile={(face) => <Face key={face.id} person={person.id} face={face} />}
      />
      <div className="buttons">
        <FileButton
          label="Add photos"
          icon={ImagePlus}
          accept={PHOTO_TYPES}
          onFiles={(files) => void addFiles(files, person.labels[0] ?? person.name)}
        />
        <Button
          variant="default"
          leftSection={<Trash2 size={16} aria-hidden="true" />}
          onClick={() => {
            dropPeople(new Set([person.id]));
            onClose();
          }}
        >
          Remove this person
        </Button>
      </div>
    </div>
  );
}

/** A person's photos: view, remove and add photos, rename the person. */
export function PersonDialog({ id, onClose }: { id: PersonId | null; onClose: () => void }) {
  const person = useStore(dataStore, ({ snapshot }) => snapshot.people.find((row) => row.id === id)) ?? null;
  return (
    <Dialog
      opened={person !== null}
      onClose={onClose}
      size="xl"
      title={person ? `${person.name} · ${plural(person.faces.length, 'photo', 'photos')}` : ''}
      closeLabel="Close"
    >
      {person && <Content key={person.id} person={person} onClose={onClose} />}
    </Dialog>
  );
}
