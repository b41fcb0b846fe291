import { ImagePlus } from 'lucide-react';
import { useStore } from 'zustand';
import { dataStore } from '../../state/data/data-store.ts';
import { AddPhotos } from '../common/photos/AddPhotos.tsx';
import { addressOf, useShown } from '../common/screens.ts';
import { UndoButton } from './UndoButton.tsx';

/** Where the first photos are added: by dropping them, or with a file picker. */
export function DropZone() {
  const shown = useShown();
  const running = useStore(dataStore, (state) => state.intake.status === 'running');
  if (running) return <p className="nothing">The faces appear here as they are found.</p>;
  return (
    // There is a drop zone on every screen that takes photos, and one at a time.
    <div className="drop-zone" {...(shown && { 'data-testid': 'drop-zone' })}>
      <ImagePlus size={40} strokeWidth={1.4} aria-hidden="true" />
      <h2>Drop folders of photos here, one folder for each person</h2>
      <p className="quiet">
        The folder’s name is the person’s name. Folders inside a folder, a .zip and single photos work too.
        About ten photos of each person are a good start; with eight people or more, it is also measured how
        well people are recognised who took no part in training.
      </p>
      <div className="buttons">
        <AddPhotos label="Choose photos" size="md" />
        <UndoButton size="md" />
      </div>
      <p className="quiet small">
        JPEG, PNG, WebP, AVIF, HEIC, TIFF, BMP, GIF, PGM. No photos at hand?{' '}
        <a href={addressOf('start')}>Try the demo</a>.
      </p>
    </div>
  );
}
