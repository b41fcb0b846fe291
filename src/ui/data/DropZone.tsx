import { AddPhotos } from '../common/AddPhotos.tsx';
import { useShown } from '../common/screens.ts';

/** Where photos are added: by dropping them, or with a file picker. */
export function DropZone({ empty }: { empty: boolean }) {
  const shown = useShown();
  return (
    <div
      className={empty ? 'drop-zone drop-zone-empty' : 'drop-zone'}
      // There is one on every screen that takes photos.
      {...(shown && { 'data-testid': 'drop-zone' })}
    >
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
        <AddPhotos label={empty ? 'Choose photos' : 'Add photos'} variant={empty ? 'filled' : 'default'} />
      </div>
      {empty && <p className="quiet small">JPEG, PNG, WebP, AVIF, HEIC, TIFF, BMP, GIF, PGM.</p>}
    </div>
  );
}
