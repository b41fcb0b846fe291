import { Button, TextInput } from '@mantine/core';
import { Eraser, Merge, Search, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { PersonId } from '../../lib/brand.ts';
import { clearData, dropPeople, merge } from '../../state/data/data-actions.ts';
import { dataStore } from '../../state/data/data-store.ts';
import type { PersonRow } from '../../state/data/people.ts';
import { plural } from '../common/format.ts';
import { PeopleGrid } from './PeopleGrid.tsx';
import { PersonDialog } from './PersonDialog.tsx';
import { UndoButton } from './UndoButton.tsx';

function matching(people: readonly PersonRow[], search: string): readonly PersonRow[] {
  const wanted = search.trim().toLowerCase();
  return wanted === '' ? people : people.filter(({ name }) => name.toLowerCase().includes(wanted));
}

/** All people: find, select, merge, remove. */
export function People({ over }: { over: string | null }) {
  const people = useStore(dataStore, (state) => state.snapshot.people);
  const [search, setSearch] = useState('');
  const [picked, setPicked] = useState<ReadonlySet<PersonId>>(new Set());
  const [open, setOpen] = useState<PersonId | null>(null);
  const shown = useMemo(() => matching(people, search), [people, search]);
  // People that were removed must not stay selected.
  const selected = useMemo(
    () => new Set(people.filter(({ id }) => picked.has(id)).map(({ id }) => id)),
    [people, picked],
  );

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
    <section className="people" aria-label="People">
      <div className="toolbar">
        <TextInput
          className="find"
          aria-label="Find a person"
          placeholder="Find a person"
          leftSection={<Search size={16} aria-hidden="true" />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {search.trim() !== '' && (
          <span className="quiet small">{plural(shown.length, 'person', 'people')} found</span>
        )}
        <span className="toolbar-space" />
        {selected.size > 1 && (
          <Button
            variant="default"
            leftSection={<Merge size={16} aria-hidden="true" />}
            onClick={() => act(merge)}
          >
            Merge {selected.size}
          </Button>
        )}
        {selected.size > 0 && (
          <Button
            variant="default"
            leftSection={<Trash2 size={16} aria-hidden="true" />}
            onClick={() => act(dropPeople)}
          >
            Remove {selected.size}
          </Button>
        )}
        <UndoButton />
        <Button
          variant="subtle"
          color="gray"
          className="clear"
          leftSection={<Eraser size={16} aria-hidden="true" />}
          onClick={clearData}
        >
          Clear all
        </Button>
      </div>
      {shown.length === 0 ? (
        <p className="nothing">
          {people.length === 0
            ? 'No face has been imported yet. “Needs attention” shows the reasons.'
            : `Nobody’s name contains “${search.trim()}”.`}
        </p>
      ) : (
        <PeopleGrid people={shown} selected={selected} over={over} onSelect={select} onOpen={setOpen} />
      )}
      <PersonDialog id={open} onClose={() => setOpen(null)} />
    </section>
  );
}
