import type { StepPoint } from '../../domain/training-report.ts';
import { ProblemError, throwIfAborted } from '../../lib/problem.ts';
import { yieldToEventLoop } from '../../lib/yield-to-event-loop.ts';
import { learningRate, marginStrength } from '../step/schedule.ts';
import { WeightAverage } from '../step/weight-average.ts';
import { DivergenceDetector } from './divergence-detector.ts';
import { LossReader, type StepNumbers } from './loss-reader.ts';
import { Rollback, type RollbackHistory } from './rollback.ts';
import type { RunControl } from './run-control.ts';
import { Stepper, type StepperInput } from './stepper.ts';
import { Stopwatch } from './stopwatch.ts';

/** Points are sent in groups, at most ten times a second. */
const REPORT_EVERY_MS = 100;
/** Most steps between two readings: what stop and pause may have to wait for on a busy device. */
const STEPS_PER_GROUP = 16;
/** Yields to the event loop at least this often: pause, stop and cancel are messages. */
const YIELD_EVERY_MS = 50;
/** Steps between two points that a run can be rolled back to, besides the ends of epochs. */
const STEPS_PER_POINT = 500;
/** Longest time between two such points: what a lost device costs. */
const POINT_EVERY_MS = 60_000;
/** Losses that a seed must reproduce. */
const FIRST = 20;

export interface LoopInput extends StepperInput {
  readonly control: RunControl;
  readonly signal: AbortSignal;
  /** Where the run got to on a device that failed; none to start with the first step. */
  readonly from?: LoopState | null;
  /** Told whenever there is something to go on from, should the device fail. */
  onSaved?(state: LoopState): void;
  onPoints(points: readonly StepPoint[], progress: Progress): void;
  onPause(paused: boolean): void;
  /** The run diverged and continues from an earlier step. */
  onRollback(step: number, text: string): void;
  /**
   * After every epoch, and after a part of one where the run was stopped.
   *
   * @returns false to end the run
   */
  onEpoch(epoch: number, step: number, meanLoss: number): Promise<boolean>;
}

/** What a run goes on from on another device; nothing of it is on a device. */
export interface LoopState {
  readonly history: RollbackHistory;
  /** The step after which an epoch was evaluated last. */
  readonly evaluated: number;
  readonly epochLosses: readonly StepNumbers[];
  readonly firstLosses: readonly number[];
  readonly images: number;
  /** Of training. */
  readonly seconds: number;
}

/** The step that a run goes on from. */
export const stepOf = ({ history }: LoopState): number => history.points.at(-1)?.step ?? 0;

export interface Progress {
  readonly totalSteps: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number | null;
}

export interface LoopResult {
  readonly steps: number;
  readonly images: number;
  /** Seconds of training, without evaluation and pauses. */
  readonly seconds: number;
  readonly firstLosses: readonly number[];
  /** Why the run ended early; null when it did not. */
  readonly problem: ProblemError | null;
}

/**
 * Trains for the configured epochs, until stopped, until `onEpoch` ends it, or until the loss diverges more often than it
 * is rolled back.
 *
 * @throws CancelledError when aborted
 */
export async function runLoop(input: LoopInput): Promise<LoopResult> {
  const loop = new Loop(input);
  try {
    await loop.run();
    return loop.result(null);
  } catch (thrown) {
    // A diverged run has a result too: the best epoch before.
    if (thrown instanceof ProblemError) return loop.result(thrown);
    throw thrown;
  } finally {
    loop.dispose();
  }
}

class Loop {
  private readonly input: LoopInput;
  private readonly stepper: Stepper;
  private readonly average: WeightAverage | null;
  private readonly detector: DivergenceDetector;
  private readonly rollback: Rollback;
  private readonly reader = new LossReader();
  private readonly stopwatch: Stopwatch;
  private readonly total: number;
  private readonly firstLosses: number[] = [];
  /** Losses since the beginning of the epoch. */
  private epochLosses: StepNumbers[] = [];
  private images = 0;
  /** Where this device began. */
  private readonly begin: number;
  private step: number;
  private evaluatedStep: number;

  constructor(input: LoopInput) {
    const { task, config, from } = input;
    this.input = input;
    this.begin = from ? stepOf(from) : 0;
    this.step = this.begin;
    this.evaluatedStep = Math.min(from?.evaluated ?? 0, this.begin);
    if (from) {
      this.firstLosses.push(...from.firstLosses.slice(0, this.begin));
      this.epochLosses = from.epochLosses.filter(({ step }) => step <= this.begin);
    }
    // Before the average is begun: it restores the weights.
    this.rollback = new Rollback(task.learner, from?.history);
    this.stopwatch = new Stopwatch(() => input.control.pausedMs);
    this.stepper = new Stepper(input);
    this.average =
      config.weightAveraging > 0 ? new WeightAverage(task.learner, config.weightAveraging) : null;
    this.detector = new DivergenceDetector(config.margin, task.learner.scale, task.classes);
    this.total = this.stepper.stepsPerEpoch * config.epochs;
  }

  async run(): Promise<void> {
    const { control } = this.input;
    const { stepsPerEpoch } = this.stepper;
    let groups: number[][][] = [];
    let begun = 0;
    await this.save();
    // The device failed while the epoch before was being evaluated.
    const due = this.step > this.evaluatedStep && this.step % stepsPerEpoch === 0;
    if (due && !(await this.evaluated(this.step / stepsPerEpoch))) return;
    while (this.step < this.total && !control.stopped) {
      const epoch = 1 + Math.floor(this.step / stepsPerEpoch);
      const first = (epoch - 1) * stepsPerEpoch;
      if (epoch !== begun) {
        begun = epoch;
        this.epochLosses = this.epochLosses.filter(({ step }) => step > first);
        groups = this.stepper.epoch();
      }
      // A diverging run is rolled back, perhaps to an epoch before.
      if (!(await this.steps(groups.slice(this.step - first)))) continue;
      if (this.epochLosses.length > 0 && !(await this.evaluated(epoch))) return;
    }
  }

  /** Takes these steps, or fewer where the run is stopped. @returns false when the run was rolled back */
  private async steps(groups: readonly (readonly number[][])[]): Promise<boolean> {
    const { control } = this.input;
    for (const group of groups) {
      if (control.stopped) break;
      await this.takeStep(group);
      const due = this.stopwatch.due('report', REPORT_EVERY_MS) || this.reader.pending >= STEPS_PER_GROUP;
      if (due && !(await this.record(await this.reader.next()))) return false;
      const pointDue = this.stopwatch.due('point', POINT_EVERY_MS) || this.step % STEPS_PER_POINT === 0;
      if (pointDue && !(await this.confirmed())) return false;
      if (this.stopwatch.due('yield', YIELD_EVERY_MS)) await yieldToEventLoop();
      if (control.paused && !control.stopped && !(await this.pause())) return false;
    }
    return this.confirmed();
  }

  /** Reads all pending losses and saves the weights if everything is finite; rolls back otherwise. */
  private async confirmed(): Promise<boolean> {
    if (!(await this.record(await this.reader.drain()))) return false;
    if (await this.save()) return true;
    this.rollBack(this.step, 'was the last before weights that are not numbers');
    return false;
  }

  /** @returns whether the weights are finite */
  private async save(): Promise<boolean> {
    if (!(await this.rollback.save(this.step))) return false;
    this.input.onSaved?.(this.state());
    return true;
  }

  private state(): LoopState {
    const { firstLosses, images, seconds } = this.result(null);
    return {
      history: this.rollback.history,
      evaluated: this.evaluatedStep,
      epochLosses: [...this.epochLosses],
      firstLosses: [...firstLosses],
      images,
      seconds,
    };
  }

  private async takeStep(batches: readonly number[][]): Promise<void> {
    const { config, signal } = this.input;
    throwIfAborted(signal);
    const rate = learningRate(config, this.step, this.total) * this.rollback.rateFactor;
    const strength = marginStrength(config.margin, this.step, this.total);
    const numbers = await this.stepper.step(batches, { rate, strength });
    this.average?.update();
    this.step += 1;
    this.images += batches.reduce((sum, { length }) => sum + length, 0);
    const epoch = this.step / this.stepper.stepsPerEpoch;
    this.reader.add({ step: this.step, epoch, learningRate: rate }, numbers);
  }

  /** @returns false when the run was rolled back. @throws ProblemError when that has been done too often */
  private async record(numbers: readonly StepNumbers[]): Promise<boolean> {
    const { config, onPoints } = this.input;
    const accepted: StepNumbers[] = [];
    let wrong: string | null = null;
    for (const point of numbers) {
      wrong = this.detector.record(point.loss, marginStrength(config.margin, point.step - 1, this.total));
      if (wrong !== null) break;
      accepted.push(point);
    }
    if (accepted.length > 0) {
      for (const { loss } of accepted) if (this.firstLosses.length < FIRST) this.firstLosses.push(loss);
      this.epochLosses.push(...accepted);
      onPoints(accepted, {
        totalSteps: this.total,
        imagesPerSecond: this.images / this.stopwatch.training,
        secondsLeft:
          this.step <= this.begin
            ? null
            : ((this.total - this.step) * this.stopwatch.elapsed) / (this.step - this.begin),
      });
    }
    if (wrong === null) return true;
    await this.reader.drain(); // steps after it were computed from diverged weights
    this.rollBack(numbers[accepted.length]?.step ?? this.step, wrong);
    return false;
  }

  /** @throws ProblemError when that has been done too often */
  private rollBack(at: number, wrong: string): void {
    const { step, text } = this.rollback.rollBack(at, wrong);
    this.step = step;
    this.evaluatedStep = Math.min(this.evaluatedStep, step);
    this.firstLosses.length = Math.min(this.firstLosses.length, step);
    this.epochLosses = this.epochLosses.filter((point) => point.step <= step);
    this.stepper.resetOptimiser();
    this.average?.restart();
    this.detector.reset();
    this.input.onRollback(step, text);
  }

  /** Evaluates with the average of the weights, where one is taken. */
  private async evaluated(epoch: number): Promise<boolean> {
    const losses = this.epochLosses;
    const mean = losses.reduce((sum, { loss }) => sum + loss, 0) / Math.max(1, losses.length);
    this.average?.swap();
    try {
      const goesOn = await this.stopwatch.excludeEvaluation(() => this.input.onEpoch(epoch, this.step, mean));
      this.evaluatedStep = this.step;
      this.input.onSaved?.(this.state());
      return goesOn;
    } finally {
      // The tensors of a device that failed are gone.
      if (!this.input.signal.aborted) this.average?.swap();
    }
  }

  private async pause(): Promise<boolean> {
    const { control, signal, onPause } = this.input;
    const intact = await this.record(await this.reader.drain());
    await control.whilePaused(signal, onPause);
    return intact;
  }

  result(problem: ProblemError | null): LoopResult {
    const { step, firstLosses, stopwatch } = this;
    const { from } = this.input;
    const images = this.images + (from?.images ?? 0);
    const seconds = stopwatch.training + (from?.seconds ?? 0);
    return { steps: step, images, seconds, firstLosses, problem };
  }

  dispose(): void {
    this.reader.dispose();
    this.stepper.dispose();
    this.average?.dispose();
  }
}
