import { createStore } from 'zustand/vanilla';
import { CancelledError, type Problem, toProblem } from '../lib/problem.ts';

export interface ShownProblem extends Problem {
  readonly key: number;
}

/** Problems on the screen at the same time; the oldest give way. */
const MOST_SHOWN = 4;
let nextKey = 1;

export const problemStore = createStore<{ readonly problems: readonly ShownProblem[] }>(() => ({
  problems: [],
}));

/** Shows a problem; one that is already shown is not shown twice. */
export function showProblem(problem: Problem): void {
  problemStore.setState(({ problems }) => ({
    problems: [...problems.filter(({ what }) => what !== problem.what), { ...problem, key: nextKey++ }].slice(
      -MOST_SHOWN,
    ),
  }));
}

/** Shows whatever was thrown, unless the user cancelled. */
export function showThrown(thrown: unknown): void {
  if (thrown instanceof CancelledError) return;
  showProblem(toProblem(thrown));
}

export function dismissProblem(key: number): void {
  problemStore.setState(({ problems }) => ({ problems: problems.filter((shown) => shown.key !== key) }));
}
