import { useEffect, useRef } from 'react';
import { addFiles } from '../../../state/data/data-actions.ts';
import { goTo } from '../screens.ts';

/** What the file picker of the browser is asked for. */
export type Picking = 'folder' | 'zip' | 'photos';

export const PHOTO_TYPES = 'image/*,.heic,.heif,.pgm,.ppm,.tif,.tiff';

const INPUTS: readonly {
  readonly picking: Picking;
  readonly testId: string;
  readonly label: string;
  readonly accept?: string;
}[] = [
  { picking: 'folder', testId: 'folder-input', label: 'Choose a folder' },
  { picking: 'zip', testId: 'zip-input', label: 'Choose a .zip', accept: '.zip,application/zip' },
  { picking: 'photos', testId: 'photo-input', label: 'Choose photos', accept: PHOTO_TYPES },
];

const inputId = (picking: Picking): string => `input-${picking}`;

/** Opens the file picker of the browser. */
export const pickPhotos = (picking: Picking): void => document.getElementById(inputId(picking))?.click();

/** The file inputs behind the buttons of all screens; what is chosen is imported, on the Data screen. */
export function PhotoInputs() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Not among React's typed attributes.
    box.current?.querySelector(`#${inputId('folder')}`)?.setAttribute('webkitdirectory', '');
  }, []);
  return (
    <div className="visually-hidden" ref={box} aria-hidden="true">
      {INPUTS.map(({ picking, testId, label, accept }) => (
        <input
          key={picking}
          id={inputId(picking)}
          type="file"
          multiple
          tabIndex={-1}
          aria-label={label}
          {...(accept && { accept })}
          data-testid={testId}
          onChange={({ currentTarget }) => {
            const files = [...(currentTarget.files ?? [])];
            currentTarget.value = '';
            if (files.length === 0) return;
            // In a task of its own: of a large folder the browser has just spent one on the list of files.
            setTimeout(() => {
              goTo('data');
              void addFiles(files);
            });
          }}
        />
      ))}
    </div>
  );
}
