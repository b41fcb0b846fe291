import { Button, TextInput } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ImagePlus, Trash2, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useStore } from 'zustand';
import type { PersonId } from '../../lib/brand.ts';
import { toProblem } from '../../lib/problem.ts';
import type { FaceFlag } from '../../protocol/faces.ts';
import { addFiles, dropFace, dropPeople, rename } from '../../state/data-actions.ts';
import { dataStore } from '../../state/data-store.ts';
import type { PersonRow } from '../../state/people.ts';
import { Dialog } from '../common/Dialog.tsx';
import { plural } from '../common/format.ts';
import { Thumb } from '../common/Thumb.tsx';
import { FileButton } from './FileButton.tsx';

const CELL = 100;

const FLAGS: Readonly<Record<FaceFlag, string>> = {
  'several-faces': 'several faces',
  'whole-picture': 'whole picture',
  chosen: 'chosen by you',
  'as-is': 'as it is',
  'low-resolution': 'low resolution',
};

/** `as-is` says nothing worth a label: it is so for every photo of the folder. */
const remark = (flags: readonly FaceFlag[]): string =>
  flags
    .filter((flag) => flag !== 'as-is')
    .map((flag) => FLAGS[flag])
    .join(', ');

function Faces({ person }: { person: PersonRow }) {
  const { ref: measure, width } = useElementSize<HTMLDivElement>();
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const columns = Math.max(1, Math.floor(width / CELL));
  const rows = useVirtualizer({
    count: Math.ceil(person.faces.length / columns),
    getScrollElement: () => box,
    estimateSize: () => CELL + 18,
    overscan: 2,
  });
  return (
    <div className="faces-box" ref={setBox}>
      <div ref={measure} style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map((row) => (
          <div
            key={row.key}
            className="people-row"
            style={{
              transform: `translateY(${row.start}px)`,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {person.faces.slice(row.index * columns, (row.index + 1) * columns).map(({ id, path, flags }) => (
              <figure key={id} className="face" title={path}>
                <Thumb id={id} size={88} alt={path} />
                <button
                  type="button"
                  className="face-remove"
                  aria-label={`Remove ${path}`}
                  onClick={() => dropFace(person.id, id)}
                >
                  <X size={14} aria-hidden="true" />
                </button>
                <figcaption>{remark(flags)}</figcaption>
              </figure>
            ))}
          </div>
        ))}
      </div>
    </div>
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
      <Faces person={person} />
      <div className="buttons">
        <FileButton
          label="Add photos"
          icon={ImagePlus}
          accept="image/*,.heic,.heif,.pgm,.ppm,.tif,.tiff"
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

/** A person's photos: look at them, take some out, add some, give another name. */
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
