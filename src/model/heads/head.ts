import type * as tf from '@tensorflow/tfjs-core';

// Axes: B batch, D embedding, K classes, S centres a class.

/** What of the training's progress and settings a loss depends on. */
export interface LossSettings {
  /** Share of the full margin, 0 to 1. */
  readonly strength: number;
  /** Logits are scale * cosine. */
  readonly scale: number;
  /** Share of the true class that is given to all classes alike. */
  readonly smoothing: number;
}

export interface HeadLoss {
  /** Scalar, in nats; differentiable. */
  readonly loss: tf.Scalar;
  /** [B, K]: the largest is what the head takes an embedding for, without any margin. */
  readonly scores: tf.Tensor2D;
}

/** One weight of a head. */
export interface HeadWeight {
  /** As it is called in files, unique within a head. */
  readonly name: string;
  readonly variable: tf.Variable;
  /** Whether weight decay pulls it. */
  readonly decay: boolean;
}

/**
 * What stands on the backbone while it learns and is left away afterwards: class centres, and the loss that embeddings
 * get by them. One kind for each way of asking "whose face is this?".
 */
export interface Head {
  readonly weights: readonly HeadWeight[];
  /** Numbers that follow the training without being trained: kept with the weights. */
  readonly statistics: readonly tf.Variable[];
  /**
   * The loss of a batch.
   *
   * @param embeddings [B, D], any length
   * @param labels [B], the true class of each row, int32
   */
  loss(embeddings: tf.Tensor2D, labels: tf.Tensor1D, stage: LossSettings): HeadLoss;
  /** Cosine of the angle between embeddings [N, D] and each class's centre (the nearest of several): [N, K]. */
  cosines(embeddings: tf.Tensor2D): tf.Tensor2D;
}
