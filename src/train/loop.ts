import { ProblemError, throwIfAborted } from '../lib/problem.ts';
import type { StepPoint } from '../protocol/trainer.ts';
import { WeightAverage } from './averaging.ts';
import { Clock } from './clock.ts';
import { breathe, type RunControl } from './control.ts';
import { LossReader, type StepNumbers } from './loss-reader.ts';
import { Rescue } from './rescue.ts';
import { learningRate, marginStrength } from './schedule.ts';
import { Stepper, type StepperInput } from './stepper.ts';
import { LossWatch } from './watch.ts';

/** Points are sent together, at most ten times a second. */
const REPORT_EVERY_MS = 100;
/** Steps between two readings at most: what stop and pause may have to wait for on a busy device. */
const STEPS_PER_GROUP = 16;
/** A visit to the event loop at least this often: pause, stop and cancel are messages. */
const BREATHE_EVERY_MS = 50;
/** Steps between two points that a run can go back to, besides the ends of epochs. */
const STEPS_PER_POINT = 500;
/** Losses that a seed must reproduce. */
const FIRST = 20;

export interface LoopInput extends StepperInput {
  readonly control: RunControl;
  readonly signal: AbortSignal;
  onPoints(points: readonly StepPoint[], progress: Progress): void;
  onPause(paused: boolean): void;
  /** The run had run away and goes on from an earlier step. */
  onRescue(step: number, told: string): void;
  /**
   * After every epoch, and after a part of one where the run was stopped.
   *
   * @returns whether it is worth going on
   */
  onEpoch(epoch: number, step: number, meanLoss: number): Promise<boolean>;
}

export interface Progress {
  readonly totalSteps: number;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number | null;
}

export interface LoopResult {
  readonly steps: number;
  readonly images: number;
  /** Seconds of training: without measuring after epochs and without pauses. */
  readonly seconds: number;
  readonly firstLosses: readonly number[];
  /** Why the run ended early by itself; null when it did not. */
  readonly problem: ProblemError | null;
}

/**
 * Trains for the configured epochs, until stopped, until it is not worth going on, or until the loss runs away more
 * often than it can be brought back.
 *
 * @throws CancelledError when aborted
 */
export async function runLoop(input: LoopInput): Promise<LoopResult> {
  const loop = new Loop(input);
  try {
    await loop.run();
    return loop.result(null);
  } catch (thrown) {
    // Running away is a result too: what was best before is kept.
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
  private readonly watch: LossWatch;
  private readonly rescue: Rescue;
  private readonly reader = new LossReader();
  private readonly clock = new Clock();
  private readonly total: number;
  private readonly firstLosses: number[] = [];
  /** Losses since the beginning of the epoch. */
  private epochLosses: StepNumbers[] = [];
  private images = 0;
  private step = 0;

  constructor(input: LoopInput) {
    const { task, config } = input;
    this.input = input;
    this.stepper = new Stepper(input);
    this.average =
      config.weightAveraging > 0 ? new WeightAverage(task.learner, config.weightAveraging) : null;
    this.watch = new LossWatch(config.margin, input.scale, task.classes);
    this.rescue = new Rescue(task.learner);
    this.total = this.stepper.stepsPerEpoch * config.epochs;
  }

  async run(): Promise<void> {
    const { control } = this.input;
    const { stepsPerEpoch } = this.stepper;
    let groups: number[][][] = [];
    let begun = 0;
    await this.rescue.remember(0);
    while (this.step < this.total && !control.stopped) {
      const epoch = 1 + Math.floor(this.step / stepsPerEpoch);
      const first = (epoch - 1) * stepsPerEpoch;
      if (epoch !== begun) {
        begun = epoch;
        this.epochLosses = [];
        groups = this.stepper.epoch();
      }
      // A run that runs away goes back, perhaps to an epoch before.
      if (!(await this.steps(groups.slice(this.step - first)))) continue;
      const mean = this.epochLosses.reduce((sum, { loss }) => sum + loss, 0) / this.epochLosses.length;
      if (this.epochLosses.length > 0 && !(await this.measured(epoch, mean))) return;
    }
  }

  /** Takes these steps, or fewer where the run is stopped. @returns whether all is sound; if not, it has gone back */
  private async steps(groups: readonly (readonly number[][])[]): Promise<boolean> {
    const { control } = this.input;
    for (const group of groups) {
      if (control.stopped) break;
      await this.takeStep(group);
      const due = this.clock.due('report', REPORT_EVERY_MS) || this.reader.pending >= STEPS_PER_GROUP;
      if (due && !(await this.takeIn(await this.reader.turn()))) return false;
      if (this.step % STEPS_PER_POINT === 0 && !(await this.confirmed())) return false;
      if (this.clock.due('breathe', BREATHE_EVERY_MS)) await breathe();
      if (control.paused && !control.stopped && !(await this.pause())) return false;
    }
    return this.confirmed();
  }

  /** Reads what is not read yet and remembers the weights, if all is sound; else goes back. */
  private async confirmed(): Promise<boolean> {
    if (!(await this.takeIn(await this.reader.drain()))) return false;
    if (await this.rescue.remember(this.step)) return true;
    this.goBack(this.step, 'was the last one before weights that are no numbers');
    return false;
  }

  private async takeStep(batches: readonly number[][]): Promise<void> {
    const { config, signal } = this.input;
    throwIfAborted(signal);
    const rate = learningRate(config, this.step, this.total) * this.rescue.rateFactor;
    const strength = marginStrength(config.margin, this.step, this.total);
    const numbers = await this.stepper.take(batches, { rate, strength });
    this.average?.take();
    this.step += 1;
    this.images += batches.reduce((sum, { length }) => sum + length, 0);
    const epoch = this.step / this.stepper.stepsPerEpoch;
    this.reader.add({ step: this.step, epoch, learningRate: rate }, numbers);
  }

  /** @returns whether all is sound; if not, the run has gone back. @throws ProblemError when it could not */
  private async takeIn(numbers: readonly StepNumbers[]): Promise<boolean> {
    const { config, onPoints } = this.input;
    const sound: StepNumbers[] = [];
    let wrong: string | null = null;
    for (const point of numbers) {
      wrong = this.watch.take(point.loss, marginStrength(config.margin, point.step - 1, this.total));
      if (wrong !== null) break;
      sound.push(point);
    }
    if (sound.length > 0) {
      for (const { loss } of sound) if (this.firstLosses.length < FIRST) this.firstLosses.push(loss);
      this.epochLosses.push(...sound);
      onPoints(sound, {
        totalSteps: this.total,
        imagesPerSecond: this.images / this.clock.training,
        secondsLeft: this.step === 0 ? null : ((this.total - this.step) * this.clock.all) / this.step,
      });
    }
    if (wrong === null) return true;
    await this.reader.drain(); // steps behind it are worth nothing
    this.goBack(numbers[sound.length]?.step ?? this.step, wrong);
    return false;
  }

  /** @throws ProblemError when that has been done too often */
  private goBack(at: number, wrong: string): void {
    const { step, told } = this.rescue.back(at, wrong);
    this.step = step;
    this.firstLosses.length = Math.min(this.firstLosses.length, step);
    this.epochLosses = this.epochLosses.filter((point) => point.step <= step);
    this.stepper.optimiser.reset();
    this.average?.restart();
    this.watch.calm();
    this.input.onRescue(step, told);
  }

  /** Measures with the mean of the weights, where one is taken. */
  private async measured(epoch: number, mean: number): Promise<boolean> {
    let goOn = true;
    this.average?.swap();
    try {
      await this.clock.outside(async () => {
        goOn = await this.input.onEpoch(epoch, this.step, mean);
      }, 'measure');
    } finally {
      this.average?.swap();
    }
    return goOn;
  }

  private async pause(): Promise<boolean> {
    const { control, signal, onPause } = this.input;
    const sound = await this.takeIn(await this.reader.drain());
    onPause(true);
    await this.clock.outside(() => control.whilePaused(signal), 'pause');
    onPause(false);
    return sound;
  }

  result(problem: ProblemError | null): LoopResult {
    const { step, images, clock, firstLosses } = this;
    return { steps: step, images, seconds: clock.training, firstLosses, problem };
  }

  dispose(): void {
    this.reader.dispose();
    this.stepper.dispose();
    this.average?.dispose();
  }
}
