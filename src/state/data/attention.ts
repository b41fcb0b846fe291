import type { RejectReason } from '../../domain/faces.ts';
import { describeReason } from '../../domain/reject-reason.ts';
import type { SampleId } from '../../lib/brand.ts';
import { chooseAlternative } from './data-actions.ts';
import { type DataWarning, dataWarnings } from './data-warnings.ts';
import type { DataSnapshot, RejectedRow } from './people.ts';

/** A face of an entry; where it can be clicked, what that does and what it is called. */
export interface AttentionFace {
  readonly id: SampleId;
  readonly label: string;
  readonly act: (() => void) | null;
}

/** Something about the data that a person should look at: files that were skipped, and what looks wrong. */
export interface AttentionEntry {
  readonly key: string;
  readonly kind: AttentionKind;
  readonly title: string;
  readonly text: string;
  readonly faces: readonly AttentionFace[];
  readonly actions: readonly { readonly label: string; readonly act: () => void }[];
}

export type AttentionKind = DataWarning['kind'] | RejectReason['kind'] | 'note';

export const ATTENTION_KINDS: Readonly<Record<AttentionKind, string>> = {
  'too-few-people': 'Too few people',
  'cannot-hold-out': 'Nobody held out',
  'few-photos': 'Few photos',
  imbalance: 'Class imbalance',
  note: 'About the import',
  'no-face': 'No face',
  'several-faces': 'Several faces',
  'too-small': 'Face too small',
  duplicate: 'Duplicate',
  damaged: 'Damaged',
  'not-an-image': 'Not an image',
  network: 'Neural network',
  unsupported: 'Not supported',
  'too-large': 'Too large',
  empty: 'Empty',
  'system-file': 'System file',
  removed: 'Removed by you',
};

/** Shown, and not counted as something that needs attention. */
const SETTLED: ReadonlySet<AttentionKind> = new Set(['removed', 'system-file', 'note']);

export const needsAttention = ({ kind }: AttentionEntry): boolean => !SETTLED.has(kind);

/** Everything about the data that a person should look at, what concerns the whole of it first. */
export const attention = (
  snapshot: DataSnapshot,
  importing: boolean,
  notes: readonly string[],
): AttentionEntry[] => [
  ...(importing ? [] : warningEntries(snapshot)),
  ...notes.map(noteEntry),
  ...skippedEntries(snapshot.rejected),
];

const plain = { faces: [], actions: [] } as const;

const warningEntries = (snapshot: DataSnapshot): AttentionEntry[] =>
  dataWarnings(snapshot).map(({ kind, text }) => ({
    key: kind,
    kind,
    title: ATTENTION_KINDS[kind],
    text,
    ...plain,
  }));

const noteEntry = (text: string): AttentionEntry => ({
  key: `note/${text}`,
  kind: 'note',
  title: ATTENTION_KINDS.note,
  text,
  ...plain,
});

/** Rows are shared between snapshots: each is described once. */
const described = new WeakMap<RejectedRow, AttentionEntry>();

const skippedEntries = (rejected: readonly RejectedRow[]): AttentionEntry[] =>
  rejected
    .map((row) => {
      const entry = described.get(row) ?? skippedEntry(row);
      described.set(row, entry);
      return entry;
    })
    .sort((a, b) => Number(needsAttention(b)) - Number(needsAttention(a)));

const skippedEntry = (row: RejectedRow): AttentionEntry => ({
  key: row.id,
  kind: row.reason.kind,
  title: row.path,
  text: describeReason(row.reason) + hint(row),
  faces: row.alternatives.map(({ id }, index) => ({
    id,
    label: row.reason.kind === 'removed' ? `Bring back ${row.path}` : `Use image ${index + 1} of ${row.path}`,
    act: () => chooseAlternative(row.id, id),
  })),
  actions: [],
});

function hint({ reason, alternatives }: RejectedRow): string {
  if (alternatives.length === 0) return '';
  if (reason.kind === 'removed') return ' Click the image to bring it back.';
  return alternatives.length === 1 ? ' Click the image to use it anyway.' : ' Click the right one to use it.';
}
