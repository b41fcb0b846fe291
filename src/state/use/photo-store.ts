import { createStore } from 'zustand/vanilla';
import { CancelledError, type Problem, toProblem } from '../../lib/problem.ts';
import type { RecognisedPhoto } from '../../protocol/recognise.ts';
import { connections } from '../worker-connections.ts';
import { recogniserStore } from './recogniser-store.ts';

export type PhotoResult =
  | { readonly kind: 'named'; readonly photo: RecognisedPhoto }
  | { readonly kind: 'failed'; readonly problem: Problem };

/** A photo in which people are named. */
export interface PhotoRow {
  readonly key: number;
  /** Relative path with '/' between folders. Never trusted. */
  readonly path: string;
  /** A handle: the bytes stay on disk. */
  readonly file: File;
  /** Null while it was not looked at. */
  readonly result: PhotoResult | null;
  /** Whether the result is of the present gallery and model. */
  readonly fresh: boolean;
}

export interface PhotoState {
  readonly rows: readonly PhotoRow[];
  /** Key of the photo that is shown large. */
  readonly shown: number | null;
  readonly running: boolean;
}

export const initialPhotos: PhotoState = { rows: [], shown: null, running: false };
export const photoStore = createStore<PhotoState>(() => initialPhotos);

let nextKey = 1;
let abort: AbortController | null = null;
/** Counts up when the gallery or the model changes: a result that was under way is then no longer fresh. */
let edition = 0;

/** Replaces the photos and names the people in them. Settles with the last photo; never rejects. */
export async function setPhotos(
  sources: readonly { readonly path: string; readonly file: File }[],
): Promise<void> {
  abort?.abort();
  const rows = sources.map(
    ({ path, file }): PhotoRow => ({ key: nextKey++, path, file, result: null, fresh: false }),
  );
  photoStore.setState({ rows, shown: rows[0]?.key ?? null, running: false });
  await nameTheRest();
}

export const clearPhotos = (): Promise<void> => setPhotos([]);
export const showPhoto = (key: number): void => photoStore.setState({ shown: key });

/** Names the people in all photos again, because the gallery or the model has changed. */
export function nameAgain(): void {
  edition++;
  photoStore.setState(({ rows }) => ({ rows: rows.map((row) => ({ ...row, fresh: false })) }));
  void nameTheRest();
}

/** Stops; photos that were not looked at stay in the list. */
export function cancelNaming(): void {
  abort?.abort();
  photoStore.setState({ running: false });
}

/** Names the people in the photos that have no fresh result, one photo after the other. Never rejects. */
export async function nameTheRest(): Promise<void> {
  if (photoStore.getState().running) return;
  const mine = new AbortController();
  abort = mine;
  photoStore.setState({ running: true });
  while (!mine.signal.aborted && recogniserStore.getState().open !== null) {
    const row = photoStore.getState().rows.find(({ fresh }) => !fresh);
    if (!row) break;
    const began = edition;
    const result = await nameOne(row.file, mine.signal);
    if (result === null || mine.signal.aborted) break;
    photoStore.setState(({ rows }) => ({
      rows: rows.map((one) => (one.key === row.key ? { ...one, result, fresh: began === edition } : one)),
    }));
  }
  if (abort === mine) photoStore.setState({ running: false });
}

/** Null where it was cancelled. */
async function nameOne(photo: File, signal: AbortSignal): Promise<PhotoResult | null> {
  try {
    return { kind: 'named', photo: await connections().recogniser.call('recognise', { photo }, signal) };
  } catch (thrown) {
    return thrown instanceof CancelledError ? null : { kind: 'failed', problem: toProblem(thrown) };
  }
}
