import { useState } from 'react';
import { useStore } from 'zustand';
import { isKnown, nameOf } from '../../../state/use/naming.ts';
import type { PhotoRow } from '../../../state/use/photo-store.ts';
import { recogniserStore } from '../../../state/use/recogniser-store.ts';
import { Boxes } from '../Boxes.tsx';
import { useObjectUrl } from '../useObjectUrl.ts';
import { FaceLine } from './FaceLine.tsx';

/** A photo with its faces, each with its name, and the means to say who it is. */
export function ShownPhoto({ row }: { row: PhotoRow }) {
  const threshold = useStore(recogniserStore, (state) => state.threshold);
  const url = useObjectUrl(row.file);
  const [visible, setVisible] = useState(true);
  const [active, setActive] = useState<number | null>(null);
  const { result } = row;
  const photo = result?.kind === 'named' ? result.photo : null;
  const faces = photo?.faces ?? [];
  return (
    <div className="use-shown">
      <div className="use-stage">
        <figure
          className="use-picture"
          style={
            photo
              ? {
                  aspectRatio: `${photo.width} / ${photo.height}`,
                  width: `min(100cqw, ${((100 * photo.width) / photo.height).toFixed(3)}cqh)`,
                }
              : undefined
          }
        >
          {url && visible && (
            <img src={url} alt={row.path} draggable={false} onError={() => setVisible(false)} />
          )}
          {!visible && (
            <p className="quiet small">This browser cannot show this file; its faces were read.</p>
          )}
          {photo && (
            <Boxes
              photo={photo}
              active={active}
              names={faces.map((face) => ({
                name: nameOf(face, threshold),
                known: isKnown(face, threshold),
              }))}
            />
          )}
        </figure>
      </div>
      <div className="use-faces">
        <p className="quiet small use-path">{row.path}</p>
        {result === null && <p className="quiet">Looking for faces …</p>}
        {result?.kind === 'failed' && (
          <p className="use-failed" data-testid="use-photo-problem">
            {result.problem.what} {result.problem.remedy}
          </p>
        )}
        {photo && faces.length === 0 && (
          <p className="quiet">No face was found. Choose a photo in which the face is larger.</p>
        )}
        <ol>
          {faces.map((face, index) => (
            <FaceLine
              // biome-ignore lint/suspicious/noArrayIndexKey: faces have nothing else that names them
              key={index}
              row={row.key}
              index={index}
              face={face}
              threshold={threshold}
              onActive={setActive}
            />
          ))}
        </ol>
      </div>
    </div>
  );
}
