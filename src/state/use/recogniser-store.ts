import { createStore } from 'zustand/vanilla';
import type { SampleId } from '../../lib/brand.ts';
import type { GalleryPerson, RecogniserEvent, RecogniserModel } from '../../protocol/recognise.ts';
import { showThrown } from '../problems.ts';

/** Where the open model comes from. */
export type ModelSource =
  | { readonly kind: 'pretrained' }
  /** The best model of a run, by the name of the run. */
  | { readonly kind: 'run'; readonly name: string }
  | { readonly kind: 'file'; readonly name: string }
  /** The one that an exported page lies beside. */
  | { readonly kind: 'page' };

/** What was done to the gallery. */
export type GalleryChange =
  | { readonly kind: 'removed'; readonly name: string }
  | {
      readonly kind: 'enrolled';
      readonly name: string;
      readonly faces: number;
      /** The face that became a training photo on the Data screen, too. */
      readonly training: SampleId | null;
    };

export interface RecogniserState {
  readonly open: { readonly source: ModelSource; readonly model: RecogniserModel } | null;
  /** The gallery. */
  readonly people: readonly GalleryPerson[];
  /** Cosine from which on two faces count as one person. */
  readonly threshold: number;
  /** What the recogniser is busy with; `total` is 0 while it is not known. */
  readonly busy: { readonly doing: string; readonly done: number; readonly total: number } | null;
  /** Changes that can be undone, the last one at the end. */
  readonly changes: readonly GalleryChange[];
  /** Whether the gallery holds changes that are in no file. */
  readonly unsaved: boolean;
}

export const initialRecogniser: RecogniserState = {
  open: null,
  people: [],
  threshold: 0,
  busy: null,
  changes: [],
  unsaved: false,
};

export const recogniserStore = createStore<RecogniserState>(() => initialRecogniser);

let abort: AbortController | null = null;

/** Shows how far the work of {@link occupy} is. */
export function showBusy(doing: string, done: number, total: number): void {
  recogniserStore.setState(({ busy }) => (busy ? { busy: { doing, done, total } } : {}));
}

/**
 * Does work that changes the model or the gallery; one at a time. Problems are shown, not thrown.
 *
 * @returns whether it was done: false where it failed, was cancelled, or other work is under way
 */
export async function occupy(doing: string, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
  if (recogniserStore.getState().busy !== null) return false;
  abort = new AbortController();
  recogniserStore.setState({ busy: { doing, done: 0, total: 0 } });
  try {
    await work(abort.signal);
    return true;
  } catch (thrown) {
    showThrown(thrown);
    return false;
  } finally {
    abort = null;
    recogniserStore.setState({ busy: null });
  }
}

/** Waits for the work of {@link occupy} to end. */
export function whenFree(): Promise<void> {
  return new Promise((resolve) => {
    if (recogniserStore.getState().busy === null) {
      resolve();
      return;
    }
    const stop = recogniserStore.subscribe(({ busy }) => {
      if (busy !== null) return;
      stop();
      resolve();
    });
  });
}

/** Cancels the work of {@link occupy}. */
export const cancelBusy = (): void => abort?.abort();

/** Progress of loading a model. */
export function onRecogniserEvent({ done, total }: RecogniserEvent): void {
  recogniserStore.setState(({ busy }) => (busy ? { busy: { ...busy, done, total } } : {}));
}

/** A recogniser that died takes the model and the gallery with it. */
export function onRecogniserDeath(): void {
  recogniserStore.setState(({ busy }) => ({ ...initialRecogniser, busy }));
}
