import { createStore } from 'zustand/vanilla';
import type { IngestSummary, Survey } from '../../protocol/ingest.ts';
import { retainImages } from './images.ts';
import { type DataSnapshot, EMPTY, reachableImages } from './people.ts';

/** How far taking in photos has come. `status` is the text that scripts wait for. */
export type Intake =
  | { readonly status: 'idle' }
  | {
      readonly status: 'running';
      /** What is being done, as a person would say it. */
      readonly doing: string;
      readonly done: number;
      /** 0 while it is not known. */
      readonly total: number;
      readonly photosPerSecond: number;
      readonly secondsLeft: number | null;
    }
  | { readonly status: 'done'; readonly summary: IngestSummary }
  | { readonly status: 'cancelled'; readonly done: number; readonly total: number };

/** What must be asked before photos can be taken in. */
export interface IntakeQuestion {
  readonly survey: Survey;
  readonly askAligned: boolean;
  readonly askName: boolean;
}

export interface IntakeAnswer {
  readonly alignment: 'detect' | 'as-is';
  readonly unlabelledName: string | null;
}

export interface PastEntry {
  readonly snapshot: DataSnapshot;
  readonly what: string;
}

export interface DataState {
  readonly snapshot: DataSnapshot;
  /** Earlier snapshots, oldest first, with what was done to each. */
  readonly past: readonly PastEntry[];
  /** The entry of `past` at which the running drop began. */
  readonly mark: PastEntry | null;
  readonly intake: Intake;
  readonly question: IntakeQuestion | null;
  /** Drops that wait for the one being taken in. */
  readonly waiting: number;
  /** Remarks of the ingest worker about the last drop. */
  readonly notes: readonly string[];
}

const LONGEST_PAST = 50;
const MOST_NOTES = 20;

export const initialData: DataState = {
  snapshot: EMPTY,
  past: [],
  mark: null,
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

/** Remembers the state before a drop, so that the whole drop is one step back once it has ended. */
export function openDrop(what: string): void {
  dataStore.setState(({ snapshot, past }) => {
    const mark: PastEntry = { snapshot, what };
    return { past: [...past, mark].slice(-LONGEST_PAST), mark };
  });
}

/** Ends the drop; one that changed nothing leaves no step to take back. */
export function closeDrop(): void {
  dataStore.setState(({ snapshot, past, mark }) => ({
    mark: null,
    past: mark && past.at(-1) === mark && mark.snapshot === snapshot ? past.slice(0, -1) : past,
  }));
}

/** What the next {@link undo} takes back; null when nothing can be (a running drop is cancelled, not undone). */
export const undoable = ({ past, mark }: DataState): PastEntry | null => {
  const last = past.at(-1);
  return last && last !== mark ? last : null;
};

/** Takes the last edit back. */
export function undo(): void {
  dataStore.setState((state) => {
    const last = undoable(state);
    return last ? { snapshot: last.snapshot, past: state.past.slice(0, -1) } : {};
  });
}

/**
 * Adds results of a running drop. They are added to what undo would bring back as well (down to the start
 * of the drop), so that undoing an edit made meanwhile loses no photo.
 */
export function addToDrop(change: (snapshot: DataSnapshot) => DataSnapshot): void {
  dataStore.setState(({ snapshot, past, mark }) => {
    const start = mark ? past.indexOf(mark) : past.length;
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
