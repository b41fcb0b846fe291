import { Autocomplete, Button } from '@mantine/core';
import { type FormEvent, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { angleOfCosine } from '../../../domain/angle.ts';
import type { RecognisedFace } from '../../../protocol/recognise.ts';
import { dataStore } from '../../../state/data/data-store.ts';
import { LONGEST_NAME } from '../../../state/data/people.ts';
import { isKnown, nameOf } from '../../../state/use/naming.ts';
import { pageModelStore } from '../../../state/use/page-model.ts';
import { assignFace } from '../../../state/use/photo-actions.ts';
import { recogniserStore } from '../../../state/use/recogniser-store.ts';

interface Props {
  /** Key of the photo, and index of the face in it. */
  readonly row: number;
  readonly index: number;
  readonly face: RecognisedFace;
  /** Cosine. */
  readonly threshold: number;
  readonly onActive: (index: number | null) => void;
}

const degrees = (cosine: number): string => `${angleOfCosine(cosine).toFixed(1)}°`;

/** How similar a face is to the most similar person, and by how much more than to the next. */
function Similarity({ face: { best, second }, known }: { face: RecognisedFace; known: boolean }) {
  if (best === null) return <>Nobody is known yet.</>;
  return (
    <>
      {known
        ? `${degrees(best.cosine)} from this person`
        : `${best.name} is the most similar, at ${degrees(best.cosine)}`}
      {second &&
        `; the next is ${second.name}, ${(angleOfCosine(second.cosine) - angleOfCosine(best.cosine)).toFixed(1)}° further`}
    </>
  );
}

/** One face: its name, how sure that is, and the means to say who it is. */
export function FaceLine({ row, index, face, threshold, onActive }: Props) {
  const gallery = useStore(recogniserStore, (state) => state.people);
  const loaded = useStore(dataStore, ({ snapshot }) => snapshot.people);
  const busy = useStore(recogniserStore, (state) => state.busy !== null);
  const onPage = useStore(pageModelStore, ({ address }) => address !== null);
  const [telling, setTelling] = useState(false);
  const [name, setName] = useState('');
  const known = isKnown(face, threshold);
  const names = useMemo(
    () =>
      [...new Set([...gallery, ...loaded].map((person) => person.name))].sort((a, b) => a.localeCompare(b)),
    [gallery, loaded],
  );

  async function tell(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (name.trim() === '') return;
    if (await assignFace(row, index, name)) {
      setTelling(false);
      setName('');
    }
  }

  return (
    <li
      className="use-face"
      onMouseEnter={() => onActive(index)}
      onMouseLeave={() => onActive(null)}
      onFocus={() => onActive(index)}
      onBlur={() => onActive(null)}
    >
      <p>
        <strong data-known={known} data-testid="use-face-name">
          {nameOf(face, threshold)}
        </strong>
      </p>
      <p className="quiet small">
        <Similarity face={face} known={known} />
      </p>
      {telling ? (
        <form className="use-tell" onSubmit={(event) => void tell(event)}>
          <Autocomplete
            size="xs"
            label="This is"
            placeholder="Name of the person"
            data={names}
            value={name}
            maxLength={LONGEST_NAME}
            limit={20}
            // Below it would cover the button.
            comboboxProps={{ position: 'top-start' }}
            onChange={setName}
          />
          <div className="buttons">
            <Button type="submit" size="xs" disabled={busy || name.trim() === ''}>
              Add the face
            </Button>
            <Button size="xs" variant="default" onClick={() => setTelling(false)}>
              Cancel
            </Button>
          </div>
          <p className="quiet small">
            {onPage
              ? 'The face joins the people here until the page is closed; save them to keep it.'
              : 'The face joins the people here; somebody of that name on the Data screen gets it as a training photo.'}
          </p>
        </form>
      ) : (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`This is … (face ${index + 1})`}
          onClick={() => setTelling(true)}
        >
          This is …
        </Button>
      )}
    </li>
  );
}
