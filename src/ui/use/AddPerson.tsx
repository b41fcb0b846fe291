import { Button, TextInput } from '@mantine/core';
import { ImagePlus } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { LONGEST_NAME } from '../../state/data/people.ts';
import { enrolPerson } from '../../state/use/gallery-actions.ts';
import { ensureModel } from '../../state/use/model-actions.ts';
import { recogniserStore } from '../../state/use/recogniser-store.ts';
import { FileButton } from '../common/FileButton.tsx';
import { plural } from '../common/format.ts';
import { PHOTO_TYPES } from '../common/photos/PhotoInputs.tsx';

/** Adds a person to the gallery: a name and photos. */
export function AddPerson({ onClose }: { onClose: () => void }) {
  const busy = useStore(recogniserStore, (state) => state.busy !== null);
  const [name, setName] = useState('');
  const [photos, setPhotos] = useState<readonly File[]>([]);
  const [tried, setTried] = useState(false);
  const nameField = useRef<HTMLInputElement>(null);
  useEffect(() => nameField.current?.focus(), []);

  async function add(event: FormEvent): Promise<void> {
    event.preventDefault();
    setTried(true);
    if (name.trim() === '' || photos.length === 0) return;
    if ((await ensureModel()) && (await enrolPerson(name, photos))) onClose();
  }

  return (
    <form className="use-add" onSubmit={(event) => void add(event)}>
      <TextInput
        ref={nameField}
        label="Name"
        placeholder="Name of the person"
        data-testid="use-name"
        value={name}
        maxLength={LONGEST_NAME}
        error={tried && name.trim() === '' ? 'Type the name of the person.' : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <FileButton
        size="xs"
        label="Choose photos"
        icon={ImagePlus}
        accept={PHOTO_TYPES}
        testId="use-person-input"
        onFiles={setPhotos}
      />
      <p className={tried && photos.length === 0 ? 'use-missing small' : 'quiet small'} aria-live="polite">
        {photos.length > 0
          ? `${plural(photos.length, 'photo', 'photos')} chosen. The largest face of each is taken.`
          : 'No photo is chosen yet. The largest face of each is taken.'}
      </p>
      <div className="buttons">
        <Button type="submit" size="xs" data-testid="use-enrol" disabled={busy}>
          Add
        </Button>
        <Button size="xs" variant="default" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
