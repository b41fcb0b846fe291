import type { SplitReport, StepPoint, TrainReport } from '../../domain/training-report.ts';

/** When a run passed its stages, in milliseconds of `performance.now()`. */
export interface RunTimes {
  readonly startedAt: number;
  /** The first training step; null before it. */
  readonly trainingAt: number | null;
  /** Null outside a pause. */
  readonly pausedAt: number | null;
  /** Length of the pauses that have ended. */
  readonly paused: number;
  readonly endedAt: number | null;
}

export const startNow = (now: number): RunTimes => ({
  startedAt: now,
  trainingAt: null,
  pausedAt: null,
  paused: 0,
  endedAt: null,
});

/** The times after a change of status. */
export function timesAfter(
  times: RunTimes,
  status: 'preparing' | 'running' | 'paused' | 'ended',
  now: number,
): RunTimes {
  const resumed: RunTimes =
    times.pausedAt === null
      ? times
      : { ...times, pausedAt: null, paused: times.paused + now - times.pausedAt };
  switch (status) {
    case 'preparing':
      return times;
    case 'running':
      return { ...resumed, trainingAt: resumed.trainingAt ?? now };
    case 'paused':
      return { ...times, pausedAt: times.pausedAt ?? now };
    case 'ended':
      return { ...resumed, endedAt: now };
  }
}

/** Seconds of a run as a person waits for them. They add up to `total`, which begins with the press on Start. */
export interface Phases {
  /** Loading the network, reading the faces, computing features, and all else that is not below. */
  readonly preparing: number;
  readonly training: number;
  readonly evaluation: number;
  readonly paused: number;
  readonly total: number;
}

/** What of a run its times are told from. */
interface Timed {
  readonly times: RunTimes;
  readonly report: Pick<TrainReport, 'seconds'> | null;
  readonly latest: StepPoint | null;
  readonly split: SplitReport | null;
  readonly imagesPerSecond: number;
  readonly totalSteps: number;
}

/** @param now in milliseconds of `performance.now()`; of no effect once the run has ended */
export function phasesOf(run: Timed, now: number): Phases {
  const { times, report } = run;
  const end = times.endedAt ?? now;
  const total = (end - times.startedAt) / 1000;
  const paused = (times.paused + (times.pausedAt === null ? 0 : end - times.pausedAt)) / 1000;
  if (report) {
    const training = report.seconds.train;
    // Also that of the network before training, which belongs to no other phase.
    const evaluation = report.seconds.evaluate;
    return {
      preparing: Math.max(0, total - paused - training - evaluation),
      training,
      evaluation,
      paused,
      total,
    };
  }
  if (times.trainingAt === null) return { preparing: total, training: 0, evaluation: 0, paused, total };
  const preparing = (times.trainingAt - times.startedAt) / 1000;
  const since = Math.max(0, total - preparing - paused);
  // Before the first report of steps nothing else has been done since.
  const training = run.latest ? Math.min(since, trainedSeconds(run)) : since;
  return { preparing, training, evaluation: since - training, paused, total };
}

/** Photos trained on so far, divided by the speed of training. */
function trainedSeconds({ latest, split, imagesPerSecond }: Timed): number {
  if (!latest || !split || !(imagesPerSecond > 0)) return 0;
  return (latest.epoch * split.trainPhotos) / imagesPerSecond;
}

/**
 * Seconds that are left, of training and of evaluation; null while they cannot be told. How long an evaluation takes is known
 * after the first epoch.
 */
export function remainingOf(
  run: Timed & { readonly secondsLeft: number | null },
): { readonly training: number; readonly evaluation: number | null; readonly total: number } | null {
  const { secondsLeft, latest, totalSteps } = run;
  if (secondsLeft === null || !latest || latest.step === 0) return null;
  const left = (trainedSeconds(run) * Math.max(0, totalSteps - latest.step)) / latest.step;
  const training = Math.min(left, secondsLeft);
  const evaluation = latest.epoch < 1 ? null : secondsLeft - training;
  return { training, evaluation, total: secondsLeft };
}
