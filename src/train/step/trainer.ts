import * as tf from '@tensorflow/tfjs-core';
import type { TrainingConfig } from '../../config/training-config.ts';
import { type OnCompiled, type StepRecorder, trainingDevice } from '../../engine/ops/training-device.ts';
import { type Learner, parameters } from './learner.ts';
import type { Optimiser } from './optimiser.ts';
import { createOptimiser } from './optimisers.ts';
import { type StepSettings, type StepTarget, trainStep } from './step.ts';

/** The settings that a step depends on; the learning rate and the margin's strength are told for each. */
export type TrainerConfig = Pick<
  TrainingConfig,
  'optimiser' | 'weightDecay' | 'headRateFactor' | 'stageRateFactor' | 'labelSmoothing' | 'clipNorm'
>;

export interface TrainingBatch {
  /** [B, ...] what the network takes; the caller disposes of it. */
  readonly inputs: tf.Tensor;
  /** The class of each, 0 to K - 1. */
  readonly labels: readonly number[];
}

export interface StepOptions {
  /** Learning rate of the last stage of the network. */
  readonly rate: number;
  /** Share of the full margin, 0 to 1; 1 if not given. */
  readonly strength?: number;
}

export interface TrainerOptions {
  /** False runs every step operation by operation, also on a backend that can replay a recorded one. */
  readonly record?: boolean;
  /** Told while the kernels of the step are compiled. */
  readonly onCompiled?: OnCompiled;
}

/**
 * Trains a learner step by step on the active backend: the one way of training in this program, in the page, in the
 * benchmark, in traces and in the library.
 *
 *   const learner = createLearner(network, config, { centres, scale, random });
 *   const trainer = new Trainer(learner, config);
 *   const numbers = await trainer.step([{ inputs, labels }], { rate: 0.01 });
 */
export class Trainer {
  readonly learner: Learner;
  private readonly optimiser: Optimiser;
  /** Null where the backend runs steps as they are. */
  private readonly recorder: StepRecorder | null;
  private readonly target: StepTarget;
  /** One object for all steps: what is recorded asks it for the present strength. */
  private readonly settings: StepSettings & { strength: number };

  /** Launches of a step on a graphics device, once one was recorded; null elsewhere. */
  get launches(): number | null {
    return this.recorder?.launches ?? null;
  }

  /** @param learner stays the caller's to dispose of */
  constructor(learner: Learner, config: TrainerConfig, { record = true, onCompiled }: TrainerOptions = {}) {
    this.learner = learner;
    this.recorder = (record && trainingDevice()?.stepRecorder(onCompiled ?? (() => {}))) || null;
    const weights = parameters(learner, config);
    this.optimiser = createOptimiser(config.optimiser, weights, config.weightDecay);
    const variables = weights.map(({ variable }) => variable);
    this.target = { learner, variables, optimiser: this.optimiser };
    this.settings = {
      scale: learner.scale,
      smoothing: config.labelSmoothing,
      clipNorm: config.clipNorm,
      strength: 1,
    };
    learner.bank?.attach(this.optimiser.slotsOf(learner.bank.centres));
  }

  /**
   * One step over one or more batches, whose gradients are averaged.
   *
   * @returns loss in nats and accuracy, both before the step, [2] on the backend; the caller disposes of them
   */
  async step(batches: readonly TrainingBatch[], { rate, strength = 1 }: StepOptions): Promise<tf.Tensor1D> {
    const { bank } = this.learner;
    const labels = batches.flatMap((batch) => batch.labels);
    const sampled = bank ? bank.sampleClasses(labels) : labels;
    let taken = 0;
    const tensors = batches.map((batch) => {
      const classes = sampled.slice(taken, taken + batch.labels.length);
      taken += batch.labels.length;
      return { inputs: batch.inputs, labels: tf.tensor1d(classes, 'int32') };
    });
    try {
      this.optimiser.prepare(rate);
      this.settings.strength = strength;
      const step = (): tf.Tensor1D => trainStep(this.target, tensors, this.settings);
      const inputs = tensors.flatMap((batch) => [batch.inputs, batch.labels]);
      // Most margins' launches depend on their strength.
      const key = this.learner.head.strengthPerStep ? '' : `${strength}`;
      const numbers = this.recorder ? await this.recorder.run(key, inputs, step) : step();
      await bank?.storeRows();
      return numbers as tf.Tensor1D; // as the step gives it
    } finally {
      tf.dispose(tensors.map((batch) => batch.labels));
    }
  }

  /** Forgets the optimiser's state, e.g. after weights were restored. */
  resetOptimiser(): void {
    this.optimiser.reset();
  }

  /** Frees the optimiser's state. */
  dispose(): void {
    this.recorder?.dispose();
    this.optimiser.dispose();
  }
}
