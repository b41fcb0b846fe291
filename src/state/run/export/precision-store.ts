import { createStore } from 'zustand/vanilla';
import type { PrecisionCost, WeightPrecision } from '../../../domain/export/weight-precision.ts';
import { CancelledError } from '../../../lib/problem.ts';
import { showThrown } from '../../problems.ts';
import { connections } from '../../worker-connections.ts';

export interface PrecisionState {
  /** How the weights of a download are stored. */
  readonly precision: WeightPrecision;
  /** What that costs. */
  readonly cost:
    | { readonly kind: 'none' }
    | { readonly kind: 'measuring'; readonly done: number; readonly total: number }
    /** Null where too few people were held out. */
    | { readonly kind: 'measured'; readonly cost: PrecisionCost | null }
    /** Something else needed the trainer, or it failed. */
    | { readonly kind: 'ended' };
}

const nothingChosen: PrecisionState = { precision: 'float32', cost: { kind: 'none' } };
export const precisionStore = createStore<PrecisionState>(() => nothingChosen);

let abort: AbortController | null = null;

/** Back to 32-bit floats, e.g. for another run. */
export function clearPrecision(): void {
  abort?.abort();
  abort = null;
  precisionStore.setState(nothingChosen);
}

/** Chooses how weights are stored, and measures what that costs. Problems are shown, not thrown. */
export async function choosePrecision(precision: WeightPrecision): Promise<void> {
  clearPrecision();
  if (precision === 'float32') return;
  const mine = new AbortController();
  abort = mine;
  precisionStore.setState({ precision, cost: { kind: 'measuring', done: 0, total: 0 } });
  const cost = await measure(precision, mine.signal);
  if (abort === mine) precisionStore.setState({ cost });
}

export function updateMeasuring(done: number, total: number): void {
  if (precisionStore.getState().cost.kind !== 'measuring') return;
  precisionStore.setState({ cost: { kind: 'measuring', done, total } });
}

async function measure(precision: WeightPrecision, signal: AbortSignal): Promise<PrecisionState['cost']> {
  try {
    const measured = await connections().trainer.call('measurePrecision', { precision }, signal);
    return measured ? { kind: 'measured', cost: measured.cost } : { kind: 'ended' };
  } catch (thrown) {
    if (!(thrown instanceof CancelledError)) showThrown(thrown);
    return { kind: 'ended' };
  }
}
