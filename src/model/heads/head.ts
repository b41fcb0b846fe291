import * as tf from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '../../engine/ops/softmax-cross-entropy.ts';
import type { Random } from '../../lib/random.ts';
import type { Centres } from './centres.ts';

// Axes: B batch, D embedding, K classes, S centres per class.

/** What a loss depends on besides embeddings and labels. */
export interface LossSettings {
  /** Share of the full margin, 0 to 1. */
  readonly strength: number;
  /** Logits are scale * cosine. */
  readonly scale: number;
  /** Label smoothing: share of the target that is given to all classes alike. */
  readonly smoothing: number;
}

export interface Logits {
  /** [B, K], with the margin on the target class where labels were given; differentiable. */
  readonly logits: tf.Tensor2D;
  /** [B, K], without any margin: the largest is the predicted class. */
  readonly scores: tf.Tensor2D;
  /** Added to the loss; null for most margins. */
  readonly regulariser: tf.Scalar | null;
}

export interface HeadLoss {
  /** Scalar, in nats; differentiable. */
  readonly loss: tf.Scalar;
  /** [B, K], see {@link Logits}. */
  readonly scores: tf.Tensor2D;
}

/** One weight of a head. */
export interface HeadWeight {
  /** As it is called in files, unique within a head. */
  readonly name: string;
  readonly variable: tf.Variable;
  /** Whether weight decay applies to it. */
  readonly decay: boolean;
}

/**
 * What stands on the backbone during training and is removed afterwards: class centres, and the loss of embeddings
 * against them. Each margin makes its head, see src/model/margins.
 */
export interface Head {
  readonly weights: readonly HeadWeight[];
  /** Numbers that follow the training without being trained, e.g. running means: kept with the weights. */
  readonly statistics: readonly tf.Variable[];
  /**
   * True where the strength reaches the device as a number of the step (`perStep`), so that a recorded step is good for any:
   * the settings must then be one object, whose strength is the present one.
   */
  readonly strengthPerStep?: boolean;
  /**
   * @param embeddings [B, D], any length
   * @param labels [B], the target class of each row, int32; null for logits without a margin. With labels, the
   *   statistics take the batch in.
   */
  logits(
    embeddings: tf.Tensor2D,
    labels: tf.Tensor1D | null,
    settings: Pick<LossSettings, 'strength' | 'scale'>,
  ): Logits;
  /** The loss of margined logits [B, K], without the regulariser: scalar, in nats. */
  crossEntropy(
    logits: tf.Tensor2D,
    labels: tf.Tensor1D,
    settings: Pick<LossSettings, 'scale' | 'smoothing'>,
  ): tf.Scalar;
  /** Cosine of the angle between embeddings [N, D] and each class's centre (the nearest of several): [N, K]. */
  cosines(embeddings: tf.Tensor2D): tf.Tensor2D;
}

/** What a margin makes its head from. */
export interface HeadContext {
  /** [K * S, D] */
  readonly centres: Centres;
  /** Scale, and share of the full margin, at the start of training: some first values depend on them. */
  readonly scale: number;
  readonly strength: number;
  /** For margins that are drawn. */
  readonly random: Random;
  /**
   * Makes one more variable of the head.
   *
   * @param trained false for statistics
   */
  variable(name: string, first: () => tf.Tensor, trained: boolean): tf.Variable;
}

/** The loss of a batch: cross-entropy of its margined logits, and the regulariser if there is one. */
export function lossOf(
  head: Head,
  embeddings: tf.Tensor2D,
  labels: tf.Tensor1D,
  settings: LossSettings,
): HeadLoss {
  const { logits, scores, regulariser } = head.logits(embeddings, labels, settings);
  const loss = head.crossEntropy(logits, labels, settings);
  return { loss: regulariser ? tf.add(loss, regulariser) : loss, scores };
}

/** Softmax cross-entropy with label smoothing: the loss of every head but SphereFace2's. */
export const softmaxLoss: Head['crossEntropy'] = (logits, labels, { smoothing }) =>
  softmaxCrossEntropy(logits, labels, smoothing);
