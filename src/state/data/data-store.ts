import { createStore } from 'zustand/vanilla';
import type { IngestSummary, Survey } from '../../protocol/ingest.ts';
import { retainImages } from './images.ts';
import { type DataSnapshot, EMPTY, reachableImages } from './people.ts';

/** Progress of the import of photos. `status` is the text that scripts wait for. */
export type Intake =
  | { readonly status: 'idle' }
  | {
      readonly status: 'running';
      /** The current step, as text for the page. */
      readonly doing: string;
      readonly done: number;
      /** 0 while it is not known. */
      readonly total: number;
      readonly photosPerSecond: number;
      readonly secondsLeft: number | null;
    }
  | { readonly status: 'done'; readonly summary: IngestSummary }
  | { readonly status: 'cancelled'; readonly done: number; readonly total: number };

/** What must be asked before photos can be imported. */
export interface IntakeQuestion {
  readonly survey: Survey;
  readonly askAligned: boolean;
  /** Who is on the photos: a choice, a name for photos without one, or both. */
  readonly askPeople: boolean;
}

export interface IntakeAnswer {
  readonly alignment: 'detect' | 'as-is';
  /** Index into the survey's ways to name the people. */
  readonly labelChoice: number;
  readonly unlabelledName: string | null;
}

export interface PastEntry {
  readonly snapshot: DataSnapshot;
  readonly what: string;
}

export interface DataState {
  readonly snapshot: DataSnapshot;
  /** Earlier snapshots, oldest first, each with the edit that replaced it. */
  readonly past: readonly PastEntry[];
  /** The entry of `past` at which the running drop began. */
  readonly dropStart: PastEntry | null;
  readonly intake: Intake;
  readonly question: IntakeQuestion | null;
  /** Drops that wait for the running import. */
  readonly waiting: number;
  /** Notes of the ingest worker on the last drop. */
  readonly notes: readonly string[];
}

const LONGEST_PAST = 50;
const MOST_NOTES = 20;

export const initialData: DataState = {
  snapshot: EMPTY,
  past: [],
  dropStart: null,
  intake: { status: 'idle' },
  question: null,
  waiting: 0,
  notes: [],
};

export const dataStore = createStore<DataState>(() => initialData);

/** Replaces the snapshot and remembers the old one for {@link undo}. */
export function edit(what: string, change: (snapshot: DataSnapshot) => DataSnapshot): void {
  const { snapshot, past } = dataStore.getState();
  const next = change(snapshot);
  if (next === snapshot) return;
  const remembered = [...past, { snapshot, what }].slice(-LONGEST_PAST);
  dataStore.setState({ snapshot: next, past: remembered });
  if (past.length === LONGEST_PAST) {
    retainImages(reachableImages([next, ...remembered.map((entry) => entry.snapshot)]));
  }
}

/** Remembers the state before a drop, so that one undo reverts the whole drop once it has ended. */
export function openDrop(what: string): void {
  dataStore.setState(({ snapshot, past }) => {
    const dropStart: PastEntry = { snapshot, what };
    return { past: [...past, dropStart].slice(-LONGEST_PAST), dropStart };
  });
}

/** Ends the drop; one that changed nothing leaves nothing to undo. */
export function closeDrop(): void {
  dataStore.setState(({ snapshot, past, dropStart }) => ({
    dropStart: null,
    past:
      dropStart && past.at(-1) === dropStart && dropStart.snapshot === snapshot ? past.slice(0, -1) : past,
  }));
}

/** What the next {@link undo} reverts, or null; a running drop is cancelled, not undone. */
export const undoable = ({ past, dropStart }: DataState): PastEntry | null => {
  const last = past.at(-1);
  return last && last !== dropStart ? last : null;
};

/** Reverts the last edit. */
export function undo(): void {
  dataStore.setState((state) => {
    const last = undoable(state);
    return last ? { snapshot: last.snapshot, past: state.past.slice(0, -1) } : {};
  });
}

/**
 * Adds results of a running drop, also to the snapshots of undo since the start of the drop: undoing an edit that
 * was made meanwhile loses no photo.
 */
export function addToDrop(change: (snapshot: DataSnapshot) => DataSnapshot): void {
  dataStore.setState(({ snapshot, past, dropStart }) => {
    const start = dropStart ? past.indexOf(dropStart) : past.length;
    return {
      snapshot: change(snapshot),
      past: past.map((entry, index) =>
        index <= start ? entry : { ...entry, snapshot: change(entry.snapshot) },
      ),
    };
  });
}

export function addNote(text: string): void {
  dataStore.setState(({ notes }) =>
    notes.includes(text) ? {} : { notes: [...notes, text].slice(-MOST_NOTES) },
  );
}
