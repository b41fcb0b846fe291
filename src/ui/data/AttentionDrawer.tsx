import { Button, Drawer, NativeSelect } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useState } from 'react';
import { ATTENTION_KINDS, type AttentionEntry, type AttentionKind } from '../../state/data/attention.ts';
import { count } from '../common/format.ts';
import { Thumb } from '../common/Thumb.tsx';

interface Props {
  readonly opened: boolean;
  readonly entries: readonly AttentionEntry[];
  readonly onClose: () => void;
}

/** Everything that a person should look at, in one list. Its parts are put together here as in `Dialog`. */
export function AttentionDrawer({ opened, entries, onClose }: Props) {
  return (
    <Drawer.Root opened={opened} onClose={onClose} position="right" size={520}>
      <Drawer.Overlay />
      <Drawer.Content className="attention">
        <div className="dialog-head">
          <Drawer.Title className="dialog-title">Needs attention</Drawer.Title>
          <Drawer.CloseButton aria-label="Close" />
        </div>
        <Drawer.Body className="attention-body">
          <List entries={entries} />
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

function List({ entries }: { entries: readonly AttentionEntry[] }) {
  const [wanted, setWanted] = useState<AttentionKind | null>(null);
  const [box, setBox] = useState<HTMLElement | null>(null);
  const counts = useMemo(() => {
    const byKind = new Map<AttentionKind, number>();
    for (const { kind } of entries) byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
    return [...byKind];
  }, [entries]);
  // A kind of which nothing is left is not held on to.
  const kind = counts.some(([value]) => value === wanted) ? wanted : null;
  const shown = useMemo(
    () => (kind === null ? entries : entries.filter((entry) => entry.kind === kind)),
    [entries, kind],
  );
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box,
    estimateSize: () => 88,
    getItemKey: (index) => shown[index]?.key ?? index,
    overscan: 4,
  });
  if (entries.length === 0) return <p className="nothing">Nothing: a face was found in every photo.</p>;
  return (
    <>
      {counts.length > 1 && (
        <NativeSelect
          label="Show"
          value={kind ?? ''}
          onChange={({ currentTarget }) =>
            setWanted(counts.find(([value]) => value === currentTarget.value)?.[0] ?? null)
          }
          data={[
            { value: '', label: `Everything (${count(entries.length)})` },
            ...counts.map(([value, n]) => ({ value, label: `${ATTENTION_KINDS[value]} (${count(n)})` })),
          ]}
        />
      )}
      <section
        className="attention-box"
        ref={setBox}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
        tabIndex={0}
        aria-label="What needs attention"
      >
        <ul style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ key, index, start }) => {
            const entry = shown[index];
            if (!entry) return null;
            return (
              <li
                key={key}
                ref={rows.measureElement}
                data-index={index}
                style={{ transform: `translateY(${start}px)` }}
              >
                <Entry entry={entry} />
              </li>
            );
          })}
        </ul>
      </section>
    </>
  );
}

function Entry({ entry: { title, text, faces, actions } }: { entry: AttentionEntry }) {
  return (
    <>
      <span className="attention-title" title={title}>
        {title}
      </span>
      <span className="quiet">{text}</span>
      {faces.length > 0 && (
        <span className="attention-faces">
          {faces.map(({ id, label, act }) =>
            act ? (
              <button key={id} type="button" title={label} aria-label={label} onClick={act}>
                <Thumb id={id} size={56} />
              </button>
            ) : (
              <Thumb key={id} id={id} size={56} alt={label} />
            ),
          )}
        </span>
      )}
      {actions.length > 0 && (
        <span className="buttons">
          {actions.map(({ label, act }) => (
            <Button key={label} size="xs" variant="default" onClick={act}>
              {label}
            </Button>
          ))}
        </span>
      )}
    </>
  );
}
