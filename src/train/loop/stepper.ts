import * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../../config/training-config.ts';
import { createSampler, type Sampler } from '../../dataset/sampler.ts';
import { present } from '../../lib/assert.ts';
import type { Random } from '../../lib/random.ts';
import { parameters } from '../step/learner.ts';
import { createOptimiser, type Optimiser } from '../step/optimisers.ts';
import { type Batch, type StepSettings, trainStep } from '../step/step.ts';
import type { Task } from '../task/task.ts';

export interface StepperInput {
  readonly task: Task;
  readonly config: TrainingConfig;
  readonly scale: number;
  /** Faces trained on, and the class of each. */
  readonly faces: readonly number[];
  readonly labels: readonly number[];
  readonly random: Random;
}

/** Takes the steps of a task as its configuration says; how fast and with how much margin is told for each. */
export class Stepper {
  readonly optimiser: Optimiser;
  readonly stepsPerEpoch: number;
  private readonly input: StepperInput;
  private readonly variables: tf.Variable[];
  private readonly sampler: Sampler;

  constructor(input: StepperInput) {
    const { task, config, labels, random } = input;
    this.input = input;
    const weights = parameters(task.learner, config);
    this.variables = weights.map(({ variable }) => variable);
    this.optimiser = createOptimiser(config.optimiser, weights, config.weightDecay);
    const { bank } = task.learner;
    bank?.attach(this.optimiser.slotsOf(bank.centres));
    this.sampler = createSampler(config, labels, random.fork('order'));
    this.stepsPerEpoch = Math.ceil(this.sampler.batchesPerEpoch / config.accumulation);
  }

  /** The steps of the next epoch; each is one batch or more, of places in the faces trained on. */
  epoch(): number[][][] {
    return inGroups(this.sampler.epoch(), this.input.config.accumulation);
  }

  /** @returns loss and accuracy, [2]; the caller disposes of them */
  async take(
    batches: readonly (readonly number[])[],
    { rate, strength }: Pick<StepSettings, 'rate' | 'strength'>,
  ): Promise<tf.Tensor1D> {
    const { task, config, faces, labels, scale } = this.input;
    const { bank } = task.learner;
    const own = batches.map((batch) => batch.map((row) => present(labels[row], 'the class of a face')));
    const drawn = bank ? bank.sampleClasses(own.flat()) : own.flat();
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
      strength,
      scale,
      smoothing: config.labelSmoothing,
      rate,
      clipNorm: config.clipNorm,
    });
    for (const { inputs, labels: classes } of tensors) tf.dispose([inputs, classes]);
    await bank?.storeRows();
    return numbers;
  }

  dispose(): void {
    this.optimiser.dispose();
  }
}

/** Neighbours together, `size` of them; the last group may be smaller. */
function inGroups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
