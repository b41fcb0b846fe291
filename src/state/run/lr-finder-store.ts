import { createStore } from 'zustand/vanilla';
import type { LrFinderResult, RatePoint } from '../../domain/lr-finder.ts';
import type { Problem } from '../../lib/problem.ts';
import type { TrainerEvent } from '../../protocol/trainer.ts';
import type { DataSnapshot } from '../data/people.ts';
import { type Json, writePath } from '../settings/settings-form.ts';

/** How far a search for a learning rate is, and what it gave. */
export type LrFinderState =
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
      readonly search: LrFinderResult;
      /** What it was made with. */
      readonly draft: Json;
      readonly snapshot: DataSnapshot;
    }
  | { readonly status: 'failed'; readonly problem: Problem };

export const lrFinderStore = createStore<LrFinderState>(() => ({ status: 'none' }));

export const isFindingRate = ({ status }: LrFinderState): boolean => status === 'searching';

/** News of a search; those of one that has ended are dropped. */
export function updateLrFinder({
  what,
  done,
  total,
  points,
}: Extract<TrainerEvent, { kind: 'lr-finder' }>): void {
  if (isFindingRate(lrFinderStore.getState())) {
    lrFinderStore.setState({ status: 'searching', what, done, total, points }, true);
  }
}

/** Whether a result still holds: the same people and photos, and of the settings only the rate is another. */
export const stillHolds = (
  made: { readonly draft: Json; readonly snapshot: DataSnapshot },
  draft: Json,
  snapshot: DataSnapshot,
): boolean => made.snapshot === snapshot && withoutRate(made.draft) === withoutRate(draft);

const withoutRate = (draft: Json): string => JSON.stringify(writePath(draft, 'learningRate', null));
