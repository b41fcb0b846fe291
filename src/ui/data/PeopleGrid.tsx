import { useElementSize } from '@mantine/hooks';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import type { PersonId } from '../../lib/brand.ts';
import type { PersonRow } from '../../state/data/people.ts';
import { FACES_SHOWN, PersonCard } from './PersonCard.tsx';

const NARROWEST_CARD = 250;
/** As in the style sheet: between cards, around and between faces, and a card without its faces. */
const GAP = 14;
const PADDING = 12;
const FACE_GAP = 6;
const HEAD = 36;

interface Props {
  readonly people: readonly PersonRow[];
  readonly selected: ReadonlySet<PersonId>;
  readonly over: string | null;
  readonly onSelect: (id: PersonId) => void;
  readonly onOpen: (id: PersonId) => void;
}

/** Cards in as many columns as fit, scrolled with the page. Only the rows on the screen are rendered. */
export function PeopleGrid({ people, selected, over, onSelect, onOpen }: Props) {
  const { ref, width: measured } = useElementSize<HTMLDivElement>();
  const box = useRef<HTMLDivElement>(null);
  const width = useLast(measured);
  const [top, setTop] = useState(0);
  const columns = Math.max(1, Math.floor((width + GAP) / (NARROWEST_CARD + GAP)));
  const card = (width - (columns - 1) * GAP) / columns;
  const face = Math.max(0, (card - 2 * PADDING - 2 - (FACES_SHOWN - 1) * FACE_GAP) / FACES_SHOWN);
  const height = Math.ceil(face + HEAD + 2 * PADDING + 2);
  useLayoutEffect(() => {
    if (measured > 0 && box.current) setTop(box.current.getBoundingClientRect().top + window.scrollY);
  }, [measured]);
  const rows = useWindowVirtualizer({
    count: width > 0 ? Math.ceil(people.length / columns) : 0,
    estimateSize: () => height + GAP,
    scrollMargin: top,
    overscan: 2,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured anew when their height changes
  useLayoutEffect(() => rows.measure(), [height]);
  return (
    <div ref={box}>
      <div ref={ref} className="people-grid" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ key, index, start }) => (
          <div
            key={key}
            className="people-row"
            style={{
              transform: `translateY(${start - top}px)`,
              height,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {people.slice(index * columns, (index + 1) * columns).map((person) => (
              <PersonCard
                key={person.id}
                person={person}
                selected={selected.has(person.id)}
                over={over === person.id}
                faceSize={face}
                onSelect={onSelect}
                onOpen={onOpen}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

/** The last value that was not 0: a hidden screen has no width, and is laid out again when it is shown. */
function useLast(value: number): number {
  const last = useRef(0);
  if (value > 0) last.current = value;
  return last.current;
}
