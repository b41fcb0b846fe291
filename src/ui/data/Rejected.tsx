import { NativeSelect } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import type { RejectReason } from '../../domain/faces.ts';
import { describeReason, REASON_TITLES } from '../../domain/reject-reason.ts';
import { chooseAlternative } from '../../state/data/data-actions.ts';
import { dataStore } from '../../state/data/data-store.ts';
import type { RejectedRow } from '../../state/data/people.ts';
import { count } from '../common/format.ts';
import { Panel } from '../common/Panel.tsx';
import { Thumb } from '../common/Thumb.tsx';

type Kind = RejectReason['kind'];

function Alternatives({ row }: { row: RejectedRow }) {
  if (row.alternatives.length === 0) return null;
  return (
    <span className="alternatives">
      {row.alternatives.map(({ id }, index) => (
        <button
          key={id}
          type="button"
          className="alternative"
          title={row.reason.kind === 'removed' ? 'Bring back' : 'Use this'}
          aria-label={
            row.reason.kind === 'removed' ? `Bring back ${row.path}` : `Use image ${index + 1} of ${row.path}`
          }
          onClick={() => chooseAlternative(row.id, id)}
        >
          <Thumb id={id} size={44} />
        </button>
      ))}
    </span>
  );
}

const hint = ({ reason, alternatives }: RejectedRow): string => {
  if (alternatives.length === 0) return '';
  if (reason.kind === 'removed') return ' Click the image to bring it back.';
  return alternatives.length === 1 ? ' Click the image to use it anyway.' : ' Click the right one to use it.';
};

/** The files that were skipped, each with its reason and the images that can be used instead. */
export function Rejected() {
  const rejected = useStore(dataStore, (state) => state.snapshot.rejected);
  const [kind, setKind] = useState<Kind | null>(null);
  const [box, setBox] = useState<HTMLElement | null>(null);
  const counts = useMemo(() => {
    const byKind = new Map<Kind, number>();
    for (const { reason } of rejected) byKind.set(reason.kind, (byKind.get(reason.kind) ?? 0) + 1);
    return [...byKind].sort((a, b) => b[1] - a[1]);
  }, [rejected]);
  const shown = useMemo(
    () => (kind === null ? rejected : rejected.filter(({ reason }) => reason.kind === kind)),
    [rejected, kind],
  );
  const rows = useVirtualizer({
    count: shown.length,
    getScrollElement: () => box,
    estimateSize: () => 64,
    getItemKey: (index) => shown[index]?.id ?? index,
    overscan: 4,
  });

  return (
    <Panel
      title={`Skipped files (${count(rejected.length)})`}
      className="rejected"
      actions={
        counts.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label="Filter by reason"
            value={kind ?? ''}
            onChange={(event) =>
              setKind(counts.find(([value]) => value === event.currentTarget.value)?.[0] ?? null)
            }
            data={[
              { value: '', label: 'All reasons' },
              ...counts.map(([value, n]) => ({ value, label: `${REASON_TITLES[value]} (${n})` })),
            ]}
          />
        )
      }
    >
      {shown.length === 0 ? (
        <p className="nothing">
          {rejected.length === 0 ? 'A face was found in every photo.' : 'No file has this reason any more.'}
        </p>
      ) : (
        <section
          className="rejected-box"
          ref={setBox}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling list must be reachable by keyboard
          tabIndex={0}
          aria-label="Skipped files"
        >
          <ul style={{ height: rows.getTotalSize() }}>
            {rows.getVirtualItems().map((item) => {
              const row = shown[item.index];
              if (!row) return null;
              return (
                <li
                  key={item.key}
                  ref={rows.measureElement}
                  data-index={item.index}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <span className="rejected-text">
                    <span className="rejected-path" title={row.path}>
                      {row.path}
                    </span>
                    <span className="quiet small">
                      {describeReason(row.reason)}
                      {hint(row)}
                    </span>
                  </span>
                  <Alternatives row={row} />
                </li>
              );
            })}
          </ul>
        </section>
      )}
    </Panel>
  );
}
