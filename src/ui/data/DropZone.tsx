import { Button } from '@mantine/core';
import { FileArchive, FolderOpen, Image, Users } from 'lucide-react';
import { addFiles, addSamples } from '../../state/data/data-actions.ts';
import { FileButton } from '../common/FileButton.tsx';

/** Where photos are added: by dropping them, with a file picker, or as the sample people. */
export function DropZone({ empty }: { empty: boolean }) {
  return (
    <div className={empty ? 'drop-zone drop-zone-empty' : 'drop-zone'} data-testid="drop-zone">
      {empty ? (
        <>
          <p className="drop-title">Drop folders of photos here, one folder for each person</p>
          <p className="quiet">
            The folder’s name is the person’s name. Folders inside a folder, a .zip and single photos work
            too. About 10 photos per person is a good start; with 8 people or more, verification accuracy on
            held-out people is measured too.
          </p>
        </>
      ) : (
        <p className="drop-title">Drop more photos anywhere on this page</p>
      )}
      <div className="buttons">
        <FileButton
          label="Choose a folder"
          icon={FolderOpen}
          testId="folder-input"
          folder
          variant={empty ? 'filled' : 'default'}
          onFiles={(files) => void addFiles(files)}
        />
        <FileButton
          label="Choose a .zip"
          icon={FileArchive}
          testId="zip-input"
          accept=".zip,application/zip"
          onFiles={(files) => void addFiles(files)}
        />
        <FileButton
          label="Choose photos"
          icon={Image}
          testId="photo-input"
          accept="image/*,.heic,.heif,.pgm,.ppm,.tif,.tiff"
          onFiles={(files) => void addFiles(files)}
        />
        <Button
          variant="default"
          leftSection={<Users size={16} aria-hidden="true" />}
          data-testid="load-sample"
          onClick={() => void addSamples()}
        >
          Use sample people
        </Button>
      </div>
      {empty && (
        <p className="quiet small">
          JPEG, PNG, WebP, AVIF, HEIC, TIFF, BMP, GIF, PGM. The sample people are 24 drawn faces with 20
          images each.
        </p>
      )}
    </div>
  );
}
