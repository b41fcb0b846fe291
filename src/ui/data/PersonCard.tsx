import { Checkbox } from '@mantine/core';
import { memo } from 'react';
import type { PersonId } from '../../lib/brand.ts';
import { FEW_PHOTOS } from '../../state/data/data-warnings.ts';
import type { PersonRow } from '../../state/data/people.ts';
import { plural } from '../common/format.ts';
import { Thumb } from '../common/Thumb.tsx';

/** More than fit are cut off by the style sheet. */
const THUMBS = 7;

interface Props {
  readonly person: PersonRow;
  readonly selected: boolean;
  readonly over: boolean;
  readonly onSelect: (id: PersonId) => void;
  readonly onOpen: (id: PersonId) => void;
}

/** One person: name, number of photos, the first faces. Photos dropped on it are added. */
export const PersonCard = memo(function PersonCard({ person, selected, over, onSelect, onOpen }: Props) {
  const few = person.faces.length < FEW_PHOTOS;
  return (
    <article
      className="person"
      data-person={person.id}
      data-selected={selected || undefined}
      data-over={over || undefined}
    >
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
      <button
        type="button"
        className="person-faces"
        tabIndex={-1}
        aria-hidden="true"
        onClick={() => onOpen(person.id)}
      >
        {person.faces.slice(0, THUMBS).map(({ id }) => (
          <Thumb key={id} id={id} size={50} />
        ))}
      </button>
    </article>
  );
});
