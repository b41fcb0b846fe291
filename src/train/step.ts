import * as tf from '@tensorflow/tfjs-core';
import { cosines } from '../model/head.ts';
import { accuracy, marginLoss } from '../model/loss.ts';
import type { Margin } from '../model/margins/margin.ts';
import type { Learner } from './learner.ts';
import type { Optimiser } from './optimisers.ts';

// Axes: B batch, D embedding, K classes.

export interface Batch {
  /** [B, ...] what the network takes */
  readonly inputs: tf.Tensor;
  /** [B], the class of each, int32 */
  readonly labels: tf.Tensor1D;
}

export interface StepSettings {
  readonly margin: Margin;
  readonly scale: number;
  readonly rate: number;
}

/**
 * One training step. Nothing is read back from the backend.
 *
 * @returns two numbers on the backend, [2]: the loss in nats, and the share of the batch whose own centre is
 *   nearest (plain cosine, before the step). The caller disposes of them, and of the batch.
 */
export function trainStep(
  learner: Learner,
  weights: tf.Variable[],
  optimiser: Optimiser,
  batch: Batch,
  { margin, scale, rate }: StepSettings,
): tf.Tensor1D {
  let hits: tf.Scalar | null = null;
  const { value: loss, grads } = tf.variableGrads(() => {
    // Training mode: batch-norms use the batch's own statistics and move their averages.
    const embeddings = learner.network.apply(batch.inputs, { training: true }) as tf.Tensor2D; // [B,D]
    const cosine = cosines(embeddings, learner.centres); // [B,K]
    hits = tf.keep(accuracy(cosine, batch.labels));
    return marginLoss(margin, cosine, batch.labels, scale);
  }, weights);
  optimiser.apply(grads, rate);
  const result = tf.stack(hits ? [loss, hits] : [loss]) as tf.Tensor1D;
  tf.dispose([loss, ...(hits ? [hits] : [])]);
  return result;
}
