import { Checkbox } from '@mantine/core';
import { memo } from 'react';
import type { PersonId } from '../../lib/brand.ts';
import { FEW_PHOTOS } from '../../state/data/data-warnings.ts';
import type { PersonRow } from '../../state/data/people.ts';
import { plural } from '../common/format.ts';
import { Thumb } from '../common/Thumb.tsx';

/** Faces in a row on a card. */
export const FACES_SHOWN = 4;

interface Props {
  readonly person: PersonRow;
  readonly selected: boolean;
  readonly over: boolean;
  /** Edge of a face in CSS pixels. */
  readonly faceSize: number;
  readonly onSelect: (id: PersonId) => void;
  readonly onOpen: (id: PersonId) => void;
}

/** One person: the first faces, name, number of photos. Photos dropped on it are added. */
export const PersonCard = memo(function PersonCard(props: Props) {
  const { person, selected, over, faceSize, onSelect, onOpen } = props;
  const few = person.faces.length < FEW_PHOTOS;
  return (
    <article
      className="person"
      data-person={person.id}
      data-selected={selected || undefined}
      data-over={over || undefined}
    >
      <button
        type="button"
        className="person-faces"
        tabIndex={-1}
        aria-hidden="true"
        onClick={() => onOpen(person.id)}
      >
        {person.faces.slice(0, FACES_SHOWN).map(({ id }) => (
          <Thumb key={id} id={id} size={faceSize} />
        ))}
      </button>
      <div className="person-head">
        <Checkbox
          size="xs"
          checked={selected}
          aria-label={`Select ${person.name}`}
          onChange={() => onSelect(person.id)}
        />
        <button type="button" className="person-name" title={person.name} onClick={() => onOpen(person.id)}>
          {person.name}
        </button>
        <span className={few ? 'person-count few' : 'person-count'}>
          {plural(person.faces.length, 'photo', 'photos')}
        </span>
      </div>
    </article>
  );
});
