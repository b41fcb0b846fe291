import { createStore } from 'zustand/vanilla';
import type { LrFinderResult, RatePoint } from '../../domain/lr-finder.ts';
import type { Problem } from '../../lib/problem.ts';
import type { TrainerEvent } from '../../protocol/trainer.ts';
import type { DataSnapshot } from '../data/people.ts';
import { type Json, writePath } from '../settings/settings-form.ts';

/** Progress and result of an LR range test. */
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
      /** The settings and people that it was made with. */
      readonly form: Json;
      readonly snapshot: DataSnapshot;
    }
  | { readonly status: 'failed'; readonly problem: Problem };

export const lrFinderStore = createStore<LrFinderState>(() => ({ status: 'none' }));

/** Progress of the running search; late events of an ended one are dropped. */
export function updateLrFinder({
  what,
  done,
  total,
  points,
}: Extract<TrainerEvent, { kind: 'lr-finder' }>): void {
  if (lrFinderStore.getState().status === 'searching') {
    lrFinderStore.setState({ status: 'searching', what, done, total, points }, true);
  }
}

/** Whether a result still holds: the same people and photos, and no other setting than the rate has changed. */
export const stillHolds = (
  made: { readonly form: Json; readonly snapshot: DataSnapshot },
  form: Json,
  snapshot: DataSnapshot,
): boolean => made.snapshot === snapshot && withoutRate(made.form) === withoutRate(form);

const withoutRate = (form: Json): string => JSON.stringify(writePath(form, 'learningRate', null));
