import * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../../config/training-config.ts';
import { createSampler, type Sampler } from '../../dataset/sampler.ts';
import type { OnCompiled } from '../../engine/ops/training-device.ts';
import { present } from '../../lib/assert.ts';
import type { Random } from '../../lib/random.ts';
import { type StepOptions, Trainer } from '../step/trainer.ts';
import type { Task } from '../task/task.ts';

export interface StepperInput {
  readonly task: Task;
  readonly config: TrainingConfig;
  /** Training faces, and the class of each. */
  readonly faces: readonly number[];
  readonly labels: readonly number[];
  readonly random: Random;
  /** Parts that each batch is cut into, whose gradients are averaged: a device with little memory sees smaller batches. */
  readonly parts?: number;
  /** Told while a graphics device compiles the kernels of the step. */
  readonly onCompiled?: OnCompiled;
}

/** Draws the batches of a task as its configuration says and trains on them. */
export class Stepper {
  readonly stepsPerEpoch: number;
  private readonly input: StepperInput;
  private readonly trainer: Trainer;
  private readonly sampler: Sampler;

  constructor(input: StepperInput) {
    const { task, config, labels, random, onCompiled } = input;
    this.input = input;
    this.trainer = new Trainer(task.learner, config, onCompiled ? { onCompiled } : {});
    this.sampler = createSampler(config, labels, random.fork('order'));
    this.stepsPerEpoch = Math.ceil(this.sampler.batchesPerEpoch / config.accumulation);
  }

  /** The steps of the next epoch; each is one batch or more, of indices into the training faces. */
  epoch(): number[][][] {
    const { config, parts = 1 } = this.input;
    return inGroups(this.sampler.epoch(), config.accumulation).map((group) =>
      group.flatMap((batch) => cut(batch, parts)),
    );
  }

  /** @returns loss and accuracy, [2]; the caller disposes of them */
  async step(batches: readonly (readonly number[])[], options: StepOptions): Promise<tf.Tensor1D> {
    const { task, faces, labels } = this.input;
    const filled = batches.map((rows) => ({
      inputs: task.inputs(rows.map((row) => present(faces[row], 'a face'))),
      labels: rows.map((row) => present(labels[row], 'the class of a face')),
    }));
    try {
      return await this.trainer.step(filled, options);
    } finally {
      tf.dispose(filled.map(({ inputs }) => inputs));
    }
  }

  resetOptimiser(): void {
    this.trainer.resetOptimiser();
  }

  dispose(): void {
    this.trainer.dispose();
  }
}

/** Consecutive items in so many parts, whose sizes differ by at most one; fewer where there are fewer items. */
export function cut<T>(items: readonly T[], parts: number): T[][] {
  const count = Math.max(1, Math.min(parts, items.length));
  const at = (part: number): number => Math.round((part * items.length) / count);
  return Array.from({ length: count }, (_, part) => items.slice(at(part), at(part + 1)));
}

/** Consecutive items in groups of `size`; the last group may be smaller. */
function inGroups<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
