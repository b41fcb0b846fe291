import { createStore } from 'zustand/vanilla';
import { angleOfCosine } from '../../domain/angle.ts';
import type { OperatingPoint } from '../../domain/operating-point.ts';
import { percent } from '../../lib/percent.ts';
import { CancelledError, type Problem, toProblem } from '../../lib/problem.ts';
import type { PairThresholds } from '../../protocol/recognise.ts';
import { connections } from '../worker-connections.ts';
import { ensureModel } from './model-actions.ts';
import { type RecogniserState, recogniserStore } from './recogniser-store.ts';

export interface CompareState {
  readonly photos: readonly [File | null, File | null];
  readonly result:
    | { readonly kind: 'none' }
    | { readonly kind: 'comparing' }
    /** `by` is the model that was open. */
    | { readonly kind: 'done'; readonly cosine: number; readonly by: RecogniserState['open'] }
    | { readonly kind: 'failed'; readonly problem: Problem };
}

export const initialComparison: CompareState = { photos: [null, null], result: { kind: 'none' } };
export const compareStore = createStore<CompareState>(() => initialComparison);

let abort: AbortController | null = null;

/** Chooses one of the two photos; once both are there, they are compared. Never rejects. */
export async function choosePhoto(which: 0 | 1, file: File): Promise<void> {
  const { photos } = compareStore.getState();
  const next = which === 0 ? ([file, photos[1]] as const) : ([photos[0], file] as const);
  compareStore.setState({ photos: next, result: { kind: 'none' } });
  await compareAgain();
}

/** Compares the two photos, where both are there. Never rejects. */
export async function compareAgain(): Promise<void> {
  abort?.abort();
  const [first, second] = compareStore.getState().photos;
  if (!first || !second) return;
  const mine = new AbortController();
  abort = mine;
  compareStore.setState({ result: { kind: 'comparing' } });
  const result = await compare(first, second, mine.signal);
  if (abort === mine) compareStore.setState({ result });
}

async function compare(first: File, second: File, signal: AbortSignal): Promise<CompareState['result']> {
  if (!(await ensureModel())) return { kind: 'none' };
  try {
    const { cosine } = await connections().recogniser.call('compare', { first, second }, signal);
    return { kind: 'done', cosine, by: recogniserStore.getState().open };
  } catch (thrown) {
    return thrown instanceof CancelledError
      ? { kind: 'none' }
      : { kind: 'failed', problem: toProblem(thrown) };
  }
}

/** How sure a verdict is, as a sentence: what the measured thresholds say of so similar a pair. */
export function certainty(cosine: number, points: PairThresholds['points']): string {
  const [loosest] = points;
  if (!loosest) return 'How often that is wrong was not measured for this model.';
  const shares = ({ far, frr }: OperatingPoint): string =>
    `which ${percent(far, 2)} of pairs of two people reach, and ${percent(1 - frr, 1)} of pairs of one person`;
  const angle = ({ threshold }: OperatingPoint): string => `${angleOfCosine(threshold).toFixed(1)}°`;
  const reached = points.findLast(({ threshold }) => cosine >= threshold);
  return reached
    ? `The strictest measured threshold that it reaches is ${angle(reached)}, ${shares(reached)}.`
    : `It does not reach even the loosest measured threshold of ${angle(loosest)}, ${shares(loosest)}.`;
}

/** The verdict as a sentence. @param cosine of the two faces, and of the threshold */
export function verdict(cosine: number, threshold: number): string {
  const [angle, limit] = [cosine, threshold].map((value) => `${angleOfCosine(value).toFixed(1)}°`);
  return cosine >= threshold
    ? `The same person: the angle is ${angle}, within the threshold of ${limit}.`
    : `Different people: the angle is ${angle}, beyond the threshold of ${limit}.`;
}
