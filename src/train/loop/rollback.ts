import { ProblemError } from '../../lib/problem.ts';
import { type Checkpoint, hasFiniteWeights, restoreCheckpoint, takeCheckpoint } from '../step/checkpoint.ts';
import type { Learner } from '../step/learner.ts';

/** How often a run that runs away is brought back before it is given up. */
const MOST_RESCUES = 3;

/** Where a run was sound for the last time. */
interface Point {
  readonly checkpoint: Checkpoint;
  /** Steps behind it. */
  readonly step: number;
}

/** A point is trusted when the losses of so many steps behind it were sound: a run is lost before its loss shows it. */
const CONFIRMED_AFTER = 10;
/** Points kept besides the very first: the last one may not be confirmed yet. */
const KEPT = 2;

/**
 * Brings a run that ran away back to where it was sound, with half the learning rate; further back each time that it
 * runs away again, and after three times not any more.
 */
export class Rollback {
  private readonly learner: Learner;
  /** Oldest first: the start, and the last few. */
  private points: Point[] = [];
  private times = 0;

  constructor(learner: Learner) {
    this.learner = learner;
  }

  /** Of the configured learning rate, what is left. */
  get rateFactor(): number {
    return 0.5 ** this.times;
  }

  /** Remembers the present weights, where they are finite and the last point is some steps away. @returns whether finite */
  async remember(step: number): Promise<boolean> {
    const last = this.points.at(-1);
    if (last?.step === step) return true;
    const checkpoint = await takeCheckpoint(this.learner);
    if (!hasFiniteWeights(checkpoint)) return false;
    if (!last || step - last.step >= CONFIRMED_AFTER) {
      const [first, ...others] = [...this.points, { checkpoint, step }];
      this.points = first ? [first, ...others.slice(-KEPT)] : [];
    }
    return true;
  }

  /**
   * Back to the last point that can be trusted.
   *
   * @param wrong what happened, as the end of a sentence about the loss
   * @returns the step that the run goes on from, and what to tell
   * @throws ProblemError when that has been done too often
   */
  rollBack(step: number, wrong: string): { readonly step: number; readonly told: string } {
    const trusted = this.points.filter((point) => step - point.step >= CONFIRMED_AFTER).at(-1);
    const point = trusted ?? this.points[0];
    if (!point || this.times === MOST_RESCUES) throw divergedTooOften(step, wrong, this.times);
    this.times += 1;
    restoreCheckpoint(this.learner, point.checkpoint);
    // Should it run away again, then from a point before this one.
    const [first, ...others] = this.points.filter((other) => other.step < point.step);
    this.points = first ? [first, ...others] : [point];
    const told = `At step ${step} the loss ${wrong}. The run went back to step ${point.step} and goes on with 1/${2 ** this.times} of the learning rate.`;
    return { step: point.step, told };
  }
}

function divergedTooOften(step: number, wrong: string, times: number): ProblemError {
  const tried =
    times === 0 ? '' : ` Going back ${times} times with smaller and smaller learning rates did not help.`;
  return new ProblemError(
    `The training ran away: at step ${step} the loss ${wrong}.${tried}`,
    'Lower the learning rate (a tenth is a good next try) or the margin, or limit the longest gradient, and start again. The best network before that is kept.',
  );
}
