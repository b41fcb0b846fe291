import { Button, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { Eraser, Merge, Trash2, Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { PersonId } from '../../lib/brand.ts';
import { clearData, dropPeople, merge } from '../../state/data/data-actions.ts';
import { dataStore, undo, undoable } from '../../state/data/data-store.ts';
import type { PersonRow } from '../../state/data/people.ts';
import { plural } from '../common/format.ts';
import { Panel } from '../common/Panel.tsx';
import { TileGrid } from '../common/TileGrid.tsx';
import { PersonCard } from './PersonCard.tsx';
import { PersonDialog } from './PersonDialog.tsx';

const CARD_WIDTH = 236;
const ROW_HEIGHT = 106;

function matching(people: readonly PersonRow[], search: string): readonly PersonRow[] {
  const wanted = search.trim().toLowerCase();
  return wanted === '' ? people : people.filter(({ name }) => name.toLowerCase().includes(wanted));
}

/** All people: find, select, merge, remove, undo. */
export function People({ over }: { over: string | null }) {
  const people = useStore(dataStore, (state) => state.snapshot.people);
  const last = useStore(dataStore, undoable);
  const [search, setSearch] = useState('');
  const [picked, setPicked] = useState<ReadonlySet<PersonId>>(new Set());
  const [open, setOpen] = useState<PersonId | null>(null);
  const shown = useMemo(() => matching(people, search), [people, search]);
  // People that were removed must not stay selected.
  const selected = useMemo(
    () => new Set(people.filter(({ id }) => picked.has(id)).map(({ id }) => id)),
    [people, picked],
  );
  useHotkeys([['mod+Z', () => undo()]]);

  const select = (id: PersonId): void =>
    setPicked((now) => {
      const next = new Set(now);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  const act = (change: (ids: ReadonlySet<PersonId>) => void): void => {
    change(selected);
    setPicked(new Set());
  };

  return (
    <Panel
      title="People"
      className="people"
      actions={
        <div className="toolbar">
          <TextInput
            size="xs"
            className="find"
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
            ? 'No face has been imported yet. “Skipped files” shows the reasons.'
            : `Nobody’s name contains “${search.trim()}”.`}
        </p>
      ) : (
        <TileGrid
          items={shown}
          tileWidth={CARD_WIDTH}
          rowHeight={ROW_HEIGHT}
          className="people-box"
          tile={(person) => (
            <PersonCard
              key={person.id}
              person={person}
              selected={selected.has(person.id)}
              over={over === person.id}
              onSelect={select}
              onOpen={setOpen}
            />
          )}
        />
      )}
      {search.trim() !== '' && shown.length > 0 && (
        <p className="quiet small panel-foot">{plural(shown.length, 'person', 'people')} found</p>
      )}
      <PersonDialog id={open} onClose={() => setOpen(null)} />
    </Panel>
  );
}
