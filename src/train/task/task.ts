import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TrainingConfig } from '../../config/training-config.ts';
import type { CustomModel } from '../../model/custom-model/read.ts';
import type { Rows } from '../../model/embed.ts';
import type { Checkpoint } from '../step/checkpoint.ts';
import type { Learner } from '../step/learner.ts';

/** What a run has decided before what learns is made. */
export interface TaskSettings {
  readonly config: TrainingConfig;
  readonly scale: number;
  /** The person's own network, where the configuration asks for it. */
  readonly own?: CustomModel | null;
}

/** Told while pictures are decoded and features computed. */
export type OnPreparing = (what: string, done: number, total: number) => void;

/** What is trained on, as indices into the faces. */
export interface LabelledFaces {
  readonly faces: readonly number[];
  readonly labels: readonly number[];
  readonly classes: number;
}

/** What differs between the ways of training: what the network is fed, and what it becomes. */
export interface Task {
  readonly learner: Learner;
  /** People trained on. */
  readonly classes: number;
  /** D, numbers of an embedding. */
  readonly dimension: number;
  /** Most faces measured on after each epoch, in each of the three groups. */
  readonly evaluationLimit: number;
  /** The network's input for a training batch, augmented; a new draw each time. Faces by their index. */
  inputs(faces: readonly number[]): tf.Tensor;
  /** Flip-averaged embeddings of length 1, without augmentation, [N, D]. */
  embed(faces: readonly number[], signal: AbortSignal): Promise<Rows>;
  /** The network from pictures to embeddings, with the weights of a checkpoint, on the active backend. */
  readonly build: BuildNetwork;
  /** Edge in pixels of the pictures that this network takes. */
  readonly inputSize: number;
  /** Frees everything on the backend. */
  dispose(): void;
}

/** Makes the whole network anew; does not need the task any more. The caller disposes of it. */
export type BuildNetwork = (weights: Checkpoint['network']) => Promise<LayersModel>;
