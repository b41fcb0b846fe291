import { createStore } from 'zustand/vanilla';
import type { TrainingConfig } from '../../config/training-config.ts';
import type { BackendReport } from '../../domain/backend.ts';
import type {
  EpochPoint,
  EpochReport,
  SplitReport,
  StepPoint,
  TrainReport,
} from '../../domain/training-report.ts';
import type { TrainerEvent } from '../../protocol/trainer.ts';
import type { LoadedCustomModel } from '../settings/custom-model-store.ts';
import type { RunData } from './run-data.ts';
import { EMPTY_SERIES, extend, MOST_POINTS, type Series, thin, upTo } from './series.ts';
import { type RunTimes, startNow, timesAfter } from './timing.ts';

export type RunStatus = 'idle' | 'preparing' | 'running' | 'paused' | 'done' | 'stopped' | 'failed';

/** The trainer's final report, without what {@link Run} keeps in bounded form. */
export type FinalReport = Omit<TrainReport, 'curve' | 'config' | 'backend' | 'split' | 'scale'>;

/** What was asked of a run and has not taken effect yet. */
export type PendingRequest = 'pausing' | 'stopping';

export interface Run {
  readonly id: number;
  readonly name: string;
  readonly status: RunStatus;
  readonly pending: PendingRequest | null;
  readonly times: RunTimes;
  readonly config: TrainingConfig;
  readonly data: RunData;
  /** The model that the user brought, where the run used one. */
  readonly customModel: LoadedCustomModel | null;
  readonly preparing: { readonly what: string; readonly done: number; readonly total: number } | null;
  readonly backend: BackendReport | null;
  readonly split: SplitReport | null;
  readonly scale: { readonly value: number; readonly why: string } | null;
  readonly series: Series;
  readonly latest: StepPoint | null;
  /** One text for each time that the run was rolled back: it diverged, or its device failed. */
  readonly rollbacks: readonly string[];
  readonly totalSteps: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number | null;
  /** Epochs evenly spread over the run, always including the best. */
  readonly curve: readonly EpochPoint[];
  /** Full reports of a few epochs, always including epoch 0 (before training), the best and the last. */
  readonly epochs: readonly EpochReport[];
  readonly baseline: EpochReport | null;
  readonly best: EpochReport | null;
  readonly report: FinalReport | null;
}

export interface RunState {
  readonly current: Run | null;
  /** Earlier runs, oldest first. */
  readonly earlier: readonly Run[];
}

const MOST_FULL_EPOCHS = 24;
const MOST_EARLIER = 8;

export const initialRuns: RunState = { current: null, earlier: [] };

export const runStore = createStore<RunState>(() => initialRuns);

export const isActive = (status: RunStatus): boolean =>
  status === 'preparing' || status === 'running' || status === 'paused';

/** The status that the page shows: of the current run, or idle. */
export const statusOf = ({ current }: RunState): RunStatus => current?.status ?? 'idle';

/** Changes the current run while it is active; late events of an ended one are dropped. */
export function updateRun(change: (run: Run) => Run): void {
  runStore.setState(({ current }) =>
    current && isActive(current.status) ? { current: change(current) } : {},
  );
}

/** A status that the trainer tells. A pause has then begun or ended; a stop has not yet taken effect. */
export const changeStatus = (
  run: Run,
  { status }: Extract<TrainerEvent, { kind: 'status' }>,
  now = performance.now(),
): Run => ({
  ...run,
  status,
  pending: run.pending === 'stopping' ? 'stopping' : null,
  times: timesAfter(run.times, status, now),
});

/** The run has ended without a result. */
export const endRun = (run: Run, status: 'stopped' | 'failed', now = performance.now()): Run => ({
  ...run,
  status,
  pending: null,
  times: timesAfter(run.times, 'ended', now),
  preparing: null,
  secondsLeft: null,
});

export const addSteps = (run: Run, event: Extract<TrainerEvent, { kind: 'steps' }>): Run => ({
  ...run,
  preparing: null,
  series: extend(run.series, event.points),
  latest: event.points.at(-1) ?? run.latest,
  totalSteps: event.totalSteps,
  imagesPerSecond: event.imagesPerSecond,
  secondsLeft: event.secondsLeft,
});

/** The run continues from an earlier step: what came after it is dropped. */
export const rollBack = (run: Run, { step, text }: Extract<TrainerEvent, { kind: 'rolled-back' }>): Run => ({
  ...run,
  series: upTo(run.series, step),
  curve: run.curve.filter((point) => point.step <= step),
  epochs: run.epochs.filter((report) => report.step <= step || report.epoch === run.best?.epoch),
  rollbacks: [...run.rollbacks, text],
});

export function addEpochs(run: Run, event: Extract<TrainerEvent, { kind: 'epochs' }>): Run {
  const { points, latest, best } = event;
  return {
    ...run,
    curve: boundedCurve([...run.curve, ...points], best),
    epochs: thin([...run.epochs, latest], MOST_FULL_EPOCHS, ({ epoch }) => epoch === best.epoch),
    baseline: run.baseline ?? latest,
    best,
  };
}

const boundedCurve = (curve: readonly EpochPoint[], best: EpochReport): readonly EpochPoint[] =>
  thin(curve, MOST_POINTS, ({ epoch }) => epoch === best.epoch);

/** The run with the trainer's final report. */
export function finish(
  run: Run,
  { curve, config, backend, split, scale, ...report }: TrainReport,
  now = performance.now(),
): Run {
  return {
    ...run,
    status: report.stopped ? 'stopped' : 'done',
    pending: null,
    times: timesAfter(run.times, 'ended', now),
    preparing: null,
    config,
    backend,
    split,
    scale,
    curve: boundedCurve(curve, report.best),
    baseline: report.baseline,
    best: report.best,
    imagesPerSecond: report.imagesPerSecond,
    secondsLeft: null,
    report,
  };
}

/** Replaces the current run with a fresh one; the old one joins the earlier runs if it has a result. */
export function beginRun(
  config: TrainingConfig,
  data: RunData,
  customModel: LoadedCustomModel | null = null,
  now = performance.now(),
): void {
  runStore.setState(({ current, earlier }) => {
    const id = Math.max(0, current?.id ?? 0, ...earlier.map((run) => run.id)) + 1;
    return {
      earlier: (current?.best ? [...earlier, current] : [...earlier]).slice(-MOST_EARLIER),
      current: {
        id,
        name: `Run ${id}`,
        status: 'preparing',
        pending: null,
        times: startNow(now),
        config,
        data,
        customModel,
        preparing: null,
        backend: null,
        split: null,
        scale: null,
        series: EMPTY_SERIES,
        latest: null,
        rollbacks: [],
        totalSteps: 0,
        imagesPerSecond: 0,
        secondsLeft: null,
        curve: [],
        epochs: [],
        baseline: null,
        best: null,
        report: null,
      },
    };
  });
}
