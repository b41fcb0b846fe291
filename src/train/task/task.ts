import type * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { TrainingConfig } from '../../config/training-config.ts';
import type { SampleId } from '../../lib/brand.ts';
import type { Random } from '../../lib/random.ts';
import type { CustomModel } from '../../model/custom-model/read.ts';
import type { Rows } from '../../model/embed.ts';
import type { Checkpoint } from '../step/checkpoint.ts';
import type { Learner } from '../step/learner.ts';
import type { FeatureCache } from './feature-cache.ts';

/** Called while images are decoded and features computed, and waited for: a pause is a call that does not settle. */
export type OnPreparing = (what: string, done: number, total: number) => void | Promise<void>;

/** What is trained on, as indices into the faces. */
export interface LabelledFaces {
  readonly faces: readonly number[];
  readonly labels: readonly number[];
  readonly classes: number;
}

/** An aligned face, with its name where its features may be kept. */
export interface FaceImage {
  readonly id?: SampleId;
  readonly image: Blob;
}

/** What a task is made from. */
export interface TaskInput {
  /** All faces: those trained on and those measured on. */
  readonly images: readonly FaceImage[];
  readonly training: LabelledFaces;
  readonly config: TrainingConfig;
  /** Of the logits. */
  readonly scale: number;
  /** Where the configuration asks for one. */
  readonly customModel: CustomModel | null;
  /** Of the frozen part of the configuration's network on the active backend; null for none. */
  readonly cache: FeatureCache | null;
  readonly random: Random;
  /** The weights of a run so far are set afterwards: first centres need not be computed. */
  readonly resumes?: boolean;
  readonly signal: AbortSignal;
  readonly onPreparing: OnPreparing;
}

export interface TaskEmbedOptions {
  /** Flip-averaged, as embeddings are used; half as fast as without. */
  readonly mirror: boolean;
  readonly signal: AbortSignal;
  /** Called after each batch, and waited for. */
  readonly onProgress?: (done: number, total: number) => void | Promise<void>;
}

/** What differs between the ways of training: what the network is fed, and what it becomes. */
export interface Task {
  readonly learner: Learner;
  /** K, people trained on. */
  readonly classes: number;
  /** D, the embedding size. */
  readonly dimension: number;
  /**
   * What training on an image costs, in forward passes of the network through one image; null where embeddings come from
   * cached features and cost next to nothing.
   */
  readonly trainingCost: number | null;
  /** The network's input for a training batch, augmented; a new draw each time. Faces by their index. */
  inputs(faces: readonly number[]): tf.Tensor;
  /** Embeddings of length 1, without augmentation, [N, D]. @throws CancelledError */
  embed(faces: readonly number[], options: TaskEmbedOptions): Promise<Rows>;
  /** The network from images to embeddings, with the weights of a checkpoint, on the active backend. */
  readonly build: BuildNetwork;
  /** Edge in pixels of the images that this network takes. */
  readonly inputSize: number;
  /** Frees everything on the backend. */
  dispose(): void;
}

/** Makes the whole network anew; does not need the task any more. The caller disposes of it. */
export type BuildNetwork = (weights: Checkpoint['network']) => Promise<LayersModel>;
