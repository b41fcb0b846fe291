import * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../config/training-config.ts';
import { batchesPerEpoch, epochBatches } from '../dataset/sampler.ts';
import { present } from '../lib/assert.ts';
import { ProblemError, throwIfAborted } from '../lib/problem.ts';
import type { Random } from '../lib/random.ts';
import { createMargin } from '../model/margins/index.ts';
import type { StepPoint } from '../protocol/trainer.ts';
import { breathe, type RunControl } from './control.ts';
import { parameters } from './learner.ts';
import { LossReader, type StepNumbers } from './loss-reader.ts';
import { createOptimiser } from './optimisers.ts';
import { learningRate, marginStrength } from './schedule.ts';
import { trainStep } from './step.ts';
import type { Task } from './task.ts';

/** Points are sent together, at most ten times a second. */
const REPORT_EVERY_MS = 100;
/** Steps between two readings at most: what stop and pause may have to wait for on a busy device. */
const STEPS_PER_GROUP = 16;
/** A visit to the event loop at least this often: pause, stop and cancel are messages. */
const BREATHE_EVERY_MS = 50;

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
  /** After every epoch, and after a part of one where the run was stopped. */
  onEpoch(epoch: number, step: number, meanLoss: number): Promise<void>;
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

/** Losses that a seed must reproduce. */
const FIRST = 20;

/**
 * Trains for the configured epochs, until stopped, or until the loss is no number any more.
 *
 * @throws CancelledError when aborted
 */
export async function runLoop(input: LoopInput): Promise<LoopResult> {
  const { task, config, control, signal, labels } = input;
  const weights = parameters(task.learner, config.headRateFactor);
  const variables = weights.map(({ variable }) => variable);
  const optimiser = createOptimiser(config.optimiser, weights, config.weightDecay);
  const reader = new LossReader();
  const stepsPerEpoch = batchesPerEpoch(input.faces.length, config.batchSize);
  const total = stepsPerEpoch * config.epochs;
  const order = input.random.fork('order');
  const rows = input.faces.map((_, row) => row);
  const clock = new Clock();
  const firstLosses: number[] = [];
  let epochLosses: number[] = [];
  let images = 0;
  let step = 0;

  const takeIn = (numbers: readonly StepNumbers[]): void => {
    if (numbers.length === 0) return;
    for (const { loss, step: at } of numbers) {
      if (!Number.isFinite(loss)) throw diverged(at);
      if (firstLosses.length < FIRST) firstLosses.push(loss);
      epochLosses.push(loss);
    }
    input.onPoints(numbers, {
      totalSteps: total,
      imagesPerSecond: images / clock.training,
      secondsLeft: step === 0 ? null : ((total - step) * clock.all) / step,
    });
  };

  const result = (problem: ProblemError | null): LoopResult => ({
    steps: step,
    images,
    seconds: clock.training,
    firstLosses,
    problem,
  });

  try {
    for (let epoch = 1; epoch <= config.epochs && !control.stopped; epoch++) {
      epochLosses = [];
      for (const batch of epochBatches(rows, config.batchSize, order)) {
        if (control.stopped) break;
        throwIfAborted(signal);
        const rate = learningRate(config, step, total);
        const margin = createMargin(config.margin, marginStrength(config.margin, step, total));
        const own = batch.map((row) => present(labels[row], 'the class of a face'));
        const tensors = {
          inputs: task.inputs(batch.map((row) => present(input.faces[row], 'a face'))),
          labels: tf.tensor1d(own, 'int32'),
        };
        const numbers = trainStep(task.learner, variables, optimiser, tensors, {
          margin,
          scale: input.scale,
          rate,
        });
        tf.dispose([tensors.inputs, tensors.labels]);
        step += 1;
        images += batch.length;
        reader.add({ step, epoch: step / stepsPerEpoch, learningRate: rate }, numbers);
        if (clock.due('report', REPORT_EVERY_MS) || reader.pending >= STEPS_PER_GROUP)
          takeIn(await reader.turn());
        if (clock.due('breathe', BREATHE_EVERY_MS)) await breathe();
        if (control.paused && !control.stopped) {
          takeIn(await reader.drain());
          input.onPause(true);
          await clock.outside(() => control.whilePaused(signal), 'pause');
          input.onPause(false);
        }
      }
      takeIn(await reader.drain());
      const mean = epochLosses.reduce((sum, loss) => sum + loss, 0) / Math.max(1, epochLosses.length);
      if (epochLosses.length > 0) await clock.outside(() => input.onEpoch(epoch, step, mean), 'measure');
    }
    return result(null);
  } catch (thrown) {
    // Running away is a result too: what was best before is kept.
    if (thrown instanceof ProblemError) return result(thrown);
    throw thrown;
  } finally {
    reader.dispose();
    optimiser.dispose();
  }
}

function diverged(step: number): ProblemError {
  return new ProblemError(
    `The training ran away: at step ${step} the loss was no number any more.`,
    'Lower the learning rate (a third is a good next try) or the margin, and start again. The best network before that is kept.',
  );
}

/** Seconds of a run, told apart. */
class Clock {
  private readonly start = performance.now();
  private paused = 0;
  private measuring = 0;
  private readonly last = new Map<string, number>();

  /** Seconds so far without pauses. */
  get all(): number {
    return (performance.now() - this.start - this.paused) / 1000;
  }

  /** Seconds so far without pauses and measuring. */
  get training(): number {
    return this.all - this.measuring / 1000;
  }

  /** True once in every period; the first time a period after the start. */
  due(what: string, everyMs: number): boolean {
    const now = performance.now();
    if (now - (this.last.get(what) ?? this.start) < everyMs) return false;
    this.last.set(what, now);
    return true;
  }

  async outside(work: () => Promise<void>, kind: 'pause' | 'measure'): Promise<void> {
    const begin = performance.now();
    await work();
    const took = performance.now() - begin;
    if (kind === 'pause') this.paused += took;
    else this.measuring += took;
  }
}
