import { ProblemError } from '../../lib/problem.ts';
import { type Checkpoint, hasFiniteWeights, restoreCheckpoint, takeCheckpoint } from '../step/checkpoint.ts';
import type { Learner } from '../step/learner.ts';

/** How often a diverging run is rolled back before it is ended. */
const MAX_ROLLBACKS = 3;

/** A state that a run can be rolled back to. */
export interface Point {
  readonly checkpoint: Checkpoint;
  /** Steps before it. */
  readonly step: number;
}

/** All that outlives a device. */
export interface RollbackHistory {
  /** Oldest first. */
  readonly points: readonly Point[];
  /** How often the run was rolled back. */
  readonly times: number;
}

/** A point is trusted when the losses of this many steps after it were finite: weights diverge before the loss shows it. */
const CONFIRMED_AFTER = 10;
/** Points kept besides the first: the last one may not be confirmed yet. */
const KEPT = 2;

/**
 * Rolls a diverging run back to its last trusted state, with half the learning rate; further back each time that it
 * diverges again, and after three times no more.
 */
export class Rollback {
  private readonly learner: Learner;
  /** Oldest first: the start, and the last few. */
  private points: readonly Point[];
  private times: number;

  /** @param history of the same run on another device, whose last point is restored */
  constructor(learner: Learner, history: RollbackHistory | null = null) {
    this.learner = learner;
    this.points = history?.points ?? [];
    this.times = history?.times ?? 0;
    const last = this.points.at(-1);
    if (last) restoreCheckpoint(learner, last.checkpoint);
  }

  /** What another of these, on another device, goes on from. */
  get history(): RollbackHistory {
    return { points: this.points, times: this.times };
  }

  /** Factor of the configured learning rate. */
  get rateFactor(): number {
    return 0.5 ** this.times;
  }

  /** Saves the present weights, where they are finite and the last point is some steps back. @returns whether finite */
  async save(step: number): Promise<boolean> {
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
   * Rolls back to the last trusted point.
   *
   * @param wrong what happened to the loss, as a predicate
   * @returns the step that the run continues from, and a sentence for the person
   * @throws ProblemError when that has been done too often
   */
  rollBack(step: number, wrong: string): { readonly step: number; readonly text: string } {
    const trusted = this.points.filter((point) => step - point.step >= CONFIRMED_AFTER).at(-1);
    const point = trusted ?? this.points[0];
    if (!point || this.times === MAX_ROLLBACKS) throw divergedTooOften(step, wrong, this.times);
    this.times += 1;
    restoreCheckpoint(this.learner, point.checkpoint);
    // If it diverges again, roll back to a point before this one.
    const [first, ...others] = this.points.filter((other) => other.step < point.step);
    this.points = first ? [first, ...others] : [point];
    const text = `At step ${step} the loss ${wrong}. The run was rolled back to step ${point.step} and continues with 1/${2 ** this.times} of the learning rate.`;
    return { step: point.step, text };
  }
}

function divergedTooOften(step: number, wrong: string, times: number): ProblemError {
  const tried =
    times === 0 ? '' : ` Rolling back ${times} times with ever smaller learning rates did not help.`;
  return new ProblemError(
    `The training diverged: at step ${step} the loss ${wrong}.${tried}`,
    'Lower the learning rate (a tenth is a good next try) or the margin, or set gradient clipping, and start again. The best network before that is kept.',
  );
}
