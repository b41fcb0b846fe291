import { ProblemError } from '../lib/problem.ts';
import { type Checkpoint, isSound, restoreCheckpoint, takeCheckpoint } from './checkpoint.ts';
import type { Learner } from './learner.ts';

/** How often a run that runs away is brought back before it is given up. */
const MOST_RESCUES = 3;

/** Where a run was sound for the last time. */
interface Point {
  readonly checkpoint: Checkpoint;
  /** Steps behind it. */
  readonly step: number;
}

/**
 * Brings a run that ran away back to where it was sound, with half the learning rate. Three times; then it is given up.
 */
export class Rescue {
  private readonly learner: Learner;
  private point: Point | null = null;
  private times = 0;

  constructor(learner: Learner) {
    this.learner = learner;
  }

  /** Of the configured learning rate, what is left. */
  get rateFactor(): number {
    return 0.5 ** this.times;
  }

  /** Remembers the present weights as sound, if they are. */
  async remember(step: number): Promise<void> {
    const checkpoint = await takeCheckpoint(this.learner);
    if (isSound(checkpoint)) this.point = { checkpoint, step };
  }

  /**
   * Back to the last sound point.
   *
   * @param wrong what happened, as the end of a sentence about the loss
   * @returns the step that the run goes on from, and what to tell
   * @throws ProblemError when there was no sound point, or too many rescues
   */
  back(step: number, wrong: string): { readonly step: number; readonly told: string } {
    if (!this.point || this.times === MOST_RESCUES) throw givenUp(step, wrong, this.times);
    this.times += 1;
    restoreCheckpoint(this.learner, this.point.checkpoint);
    const told = `At step ${step} the loss ${wrong}. The run went back to step ${this.point.step} and goes on with 1/${2 ** this.times} of the learning rate.`;
    return { step: this.point.step, told };
  }
}

function givenUp(step: number, wrong: string, times: number): ProblemError {
  const tried =
    times === 0 ? '' : ` Going back ${times} times with smaller and smaller learning rates did not help.`;
  return new ProblemError(
    `The training ran away: at step ${step} the loss ${wrong}.${tried}`,
    'Lower the learning rate (a tenth is a good next try) or the margin, or limit the longest gradient, and start again. The best network before that is kept.',
  );
}
