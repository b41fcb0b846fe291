import type { LrFinderResult } from '../../domain/lr-finder.ts';
import { unlessDeviceFails } from '../../engine/selection/device-fault.ts';
import { present } from '../../lib/assert.ts';
import { throwIfAborted } from '../../lib/problem.ts';
import { yieldToEventLoop } from '../../lib/yield-to-event-loop.ts';
import type { TrainerEvent } from '../../protocol/trainer.ts';
import { Stepper } from '../loop/stepper.ts';
import { Stopwatch } from '../loop/stopwatch.ts';
import { openSession, type Session, type TrainArgs } from '../run/session.ts';
import { marginStrength } from '../step/schedule.ts';
import { LrRangeTest, rangeFor, sweepRates } from './lr-range-test.ts';

const MOST_STEPS = 100;
/** With fewer, single batches would decide. */
const FEWEST_STEPS = 30;
/** Longest time of the test: fewer steps where they are slow. */
const SECONDS = 60;
/** Steps at the lowest rate before the test, the last of them timed: a backend's first steps compile and allocate. */
const WARM_UP = 3;
const REPORT_EVERY_MS = 100;

type SearchArgs = Omit<TrainArgs, 'verify'>;
type Emit = (event: Extract<TrainerEvent, { kind: 'lr-finder' }>) => void;

/**
 * Prepares exactly as a run would, then trains for up to 100 steps while the learning rate grows exponentially. The
 * trained weights are discarded.
 *
 * The margin has its full strength all the time. In a run it grows, and the loss with it, whatever the rate; and for most
 * of a run it is full. At the strength of the first steps a pretrained network has a loss of almost 0 on faces like those
 * of its training, which says nothing about rates.
 *
 * @throws ProblemError, CancelledError
 */
export async function findLearningRate(
  args: SearchArgs,
  signal: AbortSignal,
  emit: Emit,
): Promise<LrFinderResult> {
  const session = await openSession({ ...args, verify: null }, signal, (event) => {
    if (event.kind !== 'preparing') return;
    const { what, done, total } = event;
    emit({ kind: 'lr-finder', what, done, total, points: [] });
  });
  try {
    return await unlessDeviceFails(session.backend.name, search(args, session, signal, emit));
  } finally {
    session.task.dispose();
  }
}

async function search(
  { config }: SearchArgs,
  { task, split, random, backend }: Session,
  signal: AbortSignal,
  emit: Emit,
): Promise<LrFinderResult> {
  const stepper = new Stepper({
    task,
    config,
    faces: split.train,
    labels: split.trainLabels,
    random,
  });
  const strength = marginStrength(config.margin, 1, 1);
  let waiting: number[][][] = [];
  const step = async (rate: number): Promise<number> => {
    throwIfAborted(signal);
    if (waiting.length === 0) waiting = stepper.epoch();
    const numbers = await stepper.step(present(waiting.shift(), 'a batch'), { rate, strength });
    const [loss = Number.NaN] = await numbers.data();
    numbers.dispose();
    await yieldToEventLoop();
    return loss;
  };
  const clock = new Stopwatch();
  try {
    const range = rangeFor(config.optimiser);
    let each = 0;
    for (let i = 0; i < WARM_UP; i++) {
      const before = clock.elapsed;
      await step(range.low);
      each = clock.elapsed - before;
    }
    const steps = Math.min(MOST_STEPS, Math.max(FEWEST_STEPS, Math.floor(SECONDS / each)));
    const sweep = new LrRangeTest(steps);
    for (const rate of sweepRates(range, steps)) {
      if (!sweep.record(rate, await step(rate))) break;
      const { points } = sweep;
      if (clock.due('report', REPORT_EVERY_MS)) {
        emit({
          kind: 'lr-finder',
          what: 'Testing learning rates',
          done: points.length,
          total: steps,
          points,
        });
      }
    }
    const { points } = sweep;
    return { points, suggestion: sweep.suggestion(), backend, seconds: clock.elapsed };
  } finally {
    stepper.dispose();
  }
}
