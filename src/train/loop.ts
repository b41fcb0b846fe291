import * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../config/training-config.ts';
import { createSampler, type Sampler } from '../dataset/sampler.ts';
import { present } from '../lib/assert.ts';
import { ProblemError, throwIfAborted } from '../lib/problem.ts';
import type { Random } from '../lib/random.ts';
import type { StepPoint } from '../protocol/trainer.ts';
import { WeightAverage } from './averaging.ts';
import { Clock } from './clock.ts';
import { breathe, type RunControl } from './control.ts';
import { parameters } from './learner.ts';
import { LossReader, type StepNumbers } from './loss-reader.ts';
import { createOptimiser } from './optimisers.ts';
import { Rescue } from './rescue.ts';
import { learningRate, marginStrength } from './schedule.ts';
import { type Batch, trainStep } from './step.ts';
import type { Task } from './task.ts';
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

export interface LoopInput {
  readonly task: Task;
  readonly config: TrainingConfig;
  readonly scale: number;
  /** Faces trained on, and the class of each. */
  readonly faces: readonly number[];
  readonly labels: readonly number[];
  readonly random: Random;
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
  private readonly weights;
  private readonly variables;
  private readonly optimiser;
  private readonly average: WeightAverage | null;
  private readonly sampler: Sampler;
  private readonly watch: LossWatch;
  private readonly rescue: Rescue;
  private readonly reader = new LossReader();
  private readonly clock = new Clock();
  private readonly stepsPerEpoch: number;
  private readonly total: number;
  private readonly firstLosses: number[] = [];
  /** Losses since the beginning of the epoch. */
  private epochLosses: StepNumbers[] = [];
  private images = 0;
  private step = 0;

  constructor(input: LoopInput) {
    const { task, config } = input;
    this.input = input;
    this.weights = parameters(task.learner, config);
    this.variables = this.weights.map(({ variable }) => variable);
    this.optimiser = createOptimiser(config.optimiser, this.weights, config.weightDecay);
    const { bank } = task.learner;
    bank?.attach(this.optimiser.slotsOf(bank.centres));
    this.average =
      config.weightAveraging > 0 ? new WeightAverage(task.learner, config.weightAveraging) : null;
    this.watch = new LossWatch(config.margin, input.scale, task.classes);
    this.rescue = new Rescue(task.learner);
    this.sampler = createSampler(config, input.labels, input.random.fork('order'));
    this.stepsPerEpoch = Math.ceil(this.sampler.batchesPerEpoch / config.accumulation);
    this.total = this.stepsPerEpoch * config.epochs;
  }

  async run(): Promise<void> {
    const { config, control } = this.input;
    let groups: number[][][] = [];
    let begun = 0;
    await this.rescue.remember(0);
    while (this.step < this.total && !control.stopped) {
      const epoch = 1 + Math.floor(this.step / this.stepsPerEpoch);
      const first = (epoch - 1) * this.stepsPerEpoch;
      if (epoch !== begun) {
        begun = epoch;
        this.epochLosses = [];
        groups = inGroups(this.sampler.epoch(), config.accumulation);
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
    const { task, config, faces, labels, scale, signal } = this.input;
    throwIfAborted(signal);
    const { bank } = task.learner;
    const rate = learningRate(config, this.step, this.total) * this.rescue.rateFactor;
    const own = batches.map((batch) => batch.map((row) => present(labels[row], 'the class of a face')));
    const drawn = bank ? bank.draw(own.flat()) : own.flat();
    let taken = 0;
    const tensors = batches.map((batch): Batch => {
      const classes = drawn.slice(taken, taken + batch.length);
      taken += batch.length;
      return {
        inputs: task.inputs(batch.map((row) => present(faces[row], 'a face'))),
        labels: tf.tensor1d(classes, 'int32'),
      };
    });
    const numbers = trainStep(task.learner, this.variables, this.optimiser, tensors, {
      strength: marginStrength(config.margin, this.step, this.total),
      scale,
      smoothing: config.labelSmoothing,
      rate,
      clipNorm: config.clipNorm,
    });
    for (const { inputs, labels: classes } of tensors) tf.dispose([inputs, classes]);
    this.average?.take();
    await bank?.keep();
    this.step += 1;
    this.images += taken;
    this.reader.add({ step: this.step, epoch: this.step / this.stepsPerEpoch, learningRate: rate }, numbers);
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
    this.optimiser.reset();
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
    this.optimiser.dispose();
    this.average?.dispose();
  }
}

/** Neighbours together, `size` of them; the last group may be smaller. */
function inGroups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
