import { createStore } from 'zustand/vanilla';
import type { Problem } from '../lib/problem.ts';
import type { RatePoint, RateSearch, TrainerEvent } from '../protocol/trainer.ts';
import { type Json, writePath } from './draft.ts';
import type { DataSnapshot } from './people.ts';

/** How far a search for a learning rate is, and what it gave. */
export type RateState =
  | { readonly status: 'none' }
  | {
      readonly status: 'searching';
      readonly what: string;
      readonly done: number;
      /** 0 while it is not known. */
      readonly total: number;
      readonly points: readonly RatePoint[];
    }
  | {
      readonly status: 'done';
      readonly search: RateSearch;
      /** What it was made with. */
      readonly draft: Json;
      readonly snapshot: DataSnapshot;
    }
  | { readonly status: 'failed'; readonly problem: Problem };

export const rateStore = createStore<RateState>(() => ({ status: 'none' }));

export const isSearching = ({ status }: RateState): boolean => status === 'searching';

/** News of a search; those of one that has ended are dropped. */
export function updateSearch({
  what,
  done,
  total,
  points,
}: Extract<TrainerEvent, { kind: 'rate-search' }>): void {
  if (isSearching(rateStore.getState())) {
    rateStore.setState({ status: 'searching', what, done, total, points }, true);
  }
}

/** Whether a result still holds: the same people and photos, and of the settings only the rate is another. */
export const stillHolds = (
  made: { readonly draft: Json; readonly snapshot: DataSnapshot },
  draft: Json,
  snapshot: DataSnapshot,
): boolean => made.snapshot === snapshot && withoutRate(made.draft) === withoutRate(draft);

const withoutRate = (draft: Json): string => JSON.stringify(writePath(draft, 'learningRate', null));
