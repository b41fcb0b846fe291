import type { RejectReason } from '../../domain/faces.ts';
import { describeReason, REASON_TITLES } from '../../domain/reject-reason.ts';
import type { WrongFace } from '../../domain/wrong-face.ts';
import type { SampleId } from '../../lib/brand.ts';
import { type CopiesKind, findCopies } from './copies.ts';
import { chooseAlternative, dropFace, keepFace } from './data-actions.ts';
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

export type AttentionKind = DataWarning['kind'] | 'wrong-face' | CopiesKind | RejectReason['kind'] | 'note';

export const ATTENTION_KINDS: Readonly<Record<AttentionKind, string>> = {
  'too-few-people': 'Too few people',
  'cannot-hold-out': 'Nobody held out',
  'few-photos': 'Few photos',
  imbalance: 'Class imbalance',
  note: 'About the import',
  'wrong-face': 'Perhaps another person',
  'near-copy': 'Copies of a photo',
  'shared-photo': 'One photo, several people',
  ...REASON_TITLES,
};

/** Shown, and not counted as something that needs attention. */
const SETTLED: ReadonlySet<AttentionKind> = new Set(['removed', 'system-file', 'note', 'near-copy']);

export const needsAttention = ({ kind }: AttentionEntry): boolean => !SETTLED.has(kind);

/** Everything about the data that a person should look at, what concerns the whole of it first. */
export const attention = (
  snapshot: DataSnapshot,
  importing: boolean,
  notes: readonly string[],
  wrongFaces: readonly WrongFace[] = [],
): AttentionEntry[] => [
  ...(importing ? [] : warningEntries(snapshot)),
  ...(importing ? [] : wrongFaceEntries(snapshot, wrongFaces)),
  ...(importing ? [] : copiesEntries(snapshot, 'shared-photo')),
  ...notes.map(noteEntry),
  ...skippedEntries(snapshot.rejected),
  ...(importing ? [] : copiesEntries(snapshot, 'near-copy')),
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

/** Those that are still where they were, and that nobody has confirmed. */
const wrongFaceEntries = ({ people }: DataSnapshot, found: readonly WrongFace[]): AttentionEntry[] => {
  const byId = new Map(people.map((person) => [person.id, person]));
  return found.flatMap(({ id, person: owner, looksLike }): AttentionEntry[] => {
    const person = byId.get(owner);
    const face = person?.faces.find((row) => row.id === id);
    if (!person || !face || face.confirmed) return [];
    const other = looksLike === null ? undefined : byId.get(looksLike);
    const instead = other ? ` It looks like ${other.name}.` : '';
    return [
      {
        key: `wrong-face/${id}`,
        kind: 'wrong-face',
        title: face.path,
        text: `This face is unlike the other photos of ${person.name}.${instead} A photo of somebody else teaches the model a mistake: remove it, or keep it if it is ${person.name}.`,
        faces: [{ id, label: `${face.path}, in the photos of ${person.name}`, act: null }],
        actions: [
          { label: 'Remove photo', act: () => dropFace(person.id, id) },
          { label: 'Keep', act: () => keepFace(person.id, id) },
        ],
      },
    ];
  });
};

const copiesEntries = (snapshot: DataSnapshot, kind: CopiesKind): AttentionEntry[] =>
  findCopies(snapshot)
    .filter((copies) => copies.kind === kind)
    .map(({ photos }) => ({
      key: `${kind}/${photos[0]?.face.id}`,
      kind,
      title: photos.map(({ face }) => face.path).join(', '),
      text:
        kind === 'near-copy'
          ? `${photos.length} files of ${photos[0]?.person.name} show one photo, encoded anew, scaled or mirrored. They are trained on or held out together. Click one to remove it.`
          : `The same photo is in the folders of ${[...new Set(photos.map(({ person }) => person.name))].join(' and ')}, so it is wrong in all but one. Click the wrong one to remove it.`,
      faces: photos.map(({ face, person }) => ({
        id: face.id,
        label: `Remove ${face.path} from ${person.name}`,
        act: () => dropFace(person.id, face.id),
      })),
      actions: [],
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
