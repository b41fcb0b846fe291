import * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../config/training-config.ts';
import { batchesPerEpoch, epochBatches } from '../dataset/sampler.ts';
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
/** Steps between two points that a run can go back to, besides the beginnings of epochs. */
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
    const batches = batchesPerEpoch(input.faces.length, config.batchSize);
    this.stepsPerEpoch = Math.ceil(batches / config.accumulation);
    this.total = this.stepsPerEpoch * config.epochs;
  }

  async run(): Promise<void> {
    const { config, control, random } = this.input;
    const order = random.fork('order');
    const rows = this.input.faces.map((_, row) => row);
    for (let epoch = 1; epoch <= config.epochs && !control.stopped; epoch++) {
      this.epochLosses = [];
      await this.epoch(inGroups(epochBatches(rows, config.batchSize, order), config.accumulation));
      const mean = this.epochLosses.reduce((sum, { loss }) => sum + loss, 0) / this.epochLosses.length;
      if (this.epochLosses.length > 0 && !(await this.measured(epoch, mean))) return;
    }
  }

  /** One pass over the photos. A run that runs away goes back within it, to its beginning at the furthest. */
  private async epoch(groups: readonly (readonly number[][])[]): Promise<void> {
    const { control } = this.input;
    const begin = this.step;
    while (this.step - begin < groups.length && !control.stopped) {
      const done = this.step - begin;
      if (done % STEPS_PER_POINT === 0) {
        if (await this.takeIn(await this.reader.drain())) continue;
        await this.rescue.remember(this.step);
      }
      await this.takeStep(present(groups[done], 'the batches of a step'));
      const due = this.clock.due('report', REPORT_EVERY_MS) || this.reader.pending >= STEPS_PER_GROUP;
      const last = this.step - begin === groups.length;
      if (due || last) await this.takeIn(await (last ? this.reader.drain() : this.reader.turn()));
      if (this.clock.due('breathe', BREATHE_EVERY_MS)) await breathe();
      if (control.paused && !control.stopped) await this.pause();
    }
    // What was stopped in the middle has not been read; if it ran away it is left as it was before.
    await this.takeIn(await this.reader.drain());
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

  /** @returns whether the run had run away, and was brought back. @throws ProblemError when it could not be */
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
    if (wrong === null) return false;
    const at = numbers[sound.length]?.step ?? this.step;
    await this.reader.drain(); // steps behind it are worth nothing
    const { step, told } = this.rescue.back(at, wrong);
    this.step = step;
    this.epochLosses = this.epochLosses.filter((point) => point.step <= step);
    this.optimiser.reset();
    this.average?.restart();
    this.watch.calm();
    this.input.onRescue(step, told);
    return true;
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

  private async pause(): Promise<void> {
    const { control, signal, onPause } = this.input;
    await this.takeIn(await this.reader.drain());
    onPause(true);
    await this.clock.outside(() => control.whilePaused(signal), 'pause');
    onPause(false);
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
