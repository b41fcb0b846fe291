import { Button, TextInput } from '@mantine/core';
import { useElementSize, useHotkeys } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Eraser, Merge, Trash2, Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { PersonId } from '../../lib/brand.ts';
import { clearData, dropPeople, merge } from '../../state/data-actions.ts';
import { dataStore, undo, undoable } from '../../state/data-store.ts';
import type { PersonRow } from '../../state/people.ts';
import { plural } from '../common/format.ts';
import { Panel } from '../common/Panel.tsx';
import { PersonCard } from './PersonCard.tsx';
import { PersonDialog } from './PersonDialog.tsx';

const CARD_WIDTH = 236;
const CARD_HEIGHT = 106;

interface GridProps {
  readonly people: readonly PersonRow[];
  readonly selected: ReadonlySet<PersonId>;
  readonly over: string | null;
  readonly onSelect: (id: PersonId) => void;
  readonly onOpen: (id: PersonId) => void;
}

/** Only the rows on the screen exist: five thousand people cost no more than fifty. */
function Grid({ people, selected, over, onSelect, onOpen }: GridProps) {
  const { ref: measure, width } = useElementSize<HTMLDivElement>();
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const columns = Math.max(1, Math.floor(width / CARD_WIDTH));
  const rows = useVirtualizer({
    count: Math.ceil(people.length / columns),
    getScrollElement: () => box,
    estimateSize: () => CARD_HEIGHT,
    overscan: 2,
  });
  return (
    <div className="people-box" ref={setBox}>
      <div ref={measure} style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map((row) => (
          <div
            key={row.key}
            className="people-row"
            style={{
              transform: `translateY(${row.start}px)`,
              height: CARD_HEIGHT,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {people.slice(row.index * columns, (row.index + 1) * columns).map((person) => (
              <PersonCard
                key={person.id}
                person={person}
                selected={selected.has(person.id)}
                over={over === person.id}
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

function matching(people: readonly PersonRow[], search: string): readonly PersonRow[] {
  const wanted = search.trim().toLowerCase();
  return wanted === '' ? people : people.filter(({ name }) => name.toLowerCase().includes(wanted));
}

/** Everybody, with what can be done to them. */
export function People({ over }: { over: string | null }) {
  const people = useStore(dataStore, (state) => state.snapshot.people);
  const last = useStore(dataStore, undoable);
  const [search, setSearch] = useState('');
  const [marked, setMarked] = useState<ReadonlySet<PersonId>>(new Set());
  const [open, setOpen] = useState<PersonId | null>(null);
  const shown = useMemo(() => matching(people, search), [people, search]);
  // People that are gone cannot stay selected.
  const selected = useMemo(
    () => new Set(people.filter(({ id }) => marked.has(id)).map(({ id }) => id)),
    [people, marked],
  );
  useHotkeys([['mod+Z', () => undo()]]);

  const select = (id: PersonId): void =>
    setMarked((now) => {
      const next = new Set(now);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const act = (change: (ids: ReadonlySet<PersonId>) => void): void => {
    change(selected);
    setMarked(new Set());
  };

  return (
    <Panel
      title="People"
      className="people"
      actions={
        <div className="toolbar">
          <TextInput
            size="xs"
            aria-label="Find a person"
            placeholder="Find a person"
            value={search}
            onChange={(event) => setSearch(event.currentTarget.value)}
          />
          <Button
            size="xs"
            variant="default"
            leftSection={<Merge size={14} aria-hidden="true" />}
            disabled={selected.size < 2}
            onClick={() => act(merge)}
          >
            Merge{selected.size > 1 ? ` ${selected.size}` : ''}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<Trash2 size={14} aria-hidden="true" />}
            disabled={selected.size === 0}
            onClick={() => act(dropPeople)}
          >
            Remove{selected.size > 0 ? ` ${selected.size}` : ''}
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<Undo2 size={14} aria-hidden="true" />}
            disabled={last === null}
            title={last ? `Undo: ${last.what} (Ctrl+Z)` : 'Nothing to undo'}
            onClick={undo}
          >
            Undo
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<Eraser size={14} aria-hidden="true" />}
            onClick={clearData}
          >
            Clear all
          </Button>
        </div>
      }
    >
      {shown.length === 0 ? (
        <p className="nothing">
          {people.length === 0
            ? 'No face has been taken in yet. Look at “Not used” for the reasons.'
            : `Nobody’s name contains “${search.trim()}”.`}
        </p>
      ) : (
        <Grid people={shown} selected={selected} over={over} onSelect={select} onOpen={setOpen} />
      )}
      {search.trim() !== '' && shown.length > 0 && (
        <p className="quiet small panel-foot">{plural(shown.length, 'person', 'people')} found</p>
      )}
      <PersonDialog id={open} onClose={() => setOpen(null)} />
    </Panel>
  );
}
