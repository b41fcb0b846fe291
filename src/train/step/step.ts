import * as tf from '@tensorflow/tfjs-core';
import { present } from '../../lib/assert.ts';
import { accuracy } from '../../model/accuracy.ts';
import { type LossSettings, lossOf } from '../../model/heads/head.ts';
import type { Learner } from './learner.ts';
import type { Optimiser } from './optimiser.ts';

// Axes: B batch, D embedding, K classes.

export interface Batch {
  /** [B, ...] what the network takes */
  readonly inputs: tf.Tensor;
  /** [B], the class of each as the head counts them, int32 */
  readonly labels: tf.Tensor1D;
}

/** What a step changes, and how. */
export interface StepTarget {
  readonly learner: Learner;
  /** The weights that are trained, as the optimiser knows them. */
  readonly variables: tf.Variable[];
  readonly optimiser: Optimiser;
}

export interface StepSettings extends LossSettings {
  /** Largest norm of all gradients together; 0: any. */
  readonly clipNorm: number;
}

/**
 * One training step over one or more batches, whose gradients are averaged:
 * batch -> backbone -> normalise -> cosine -> margin -> scale -> cross-entropy -> gradients -> clip -> optimiser.
 * Nothing is read back from the backend.
 *
 * @returns two numbers on the backend, [2]: the loss in nats, and the accuracy (no margin, before the step). The caller
 *   disposes of them, and of the batches.
 */
export function trainStep(
  { learner, variables, optimiser }: StepTarget,
  batches: readonly Batch[],
  settings: StepSettings,
): tf.Tensor1D {
  const parts = batches.map((batch) => gradients(learner, variables, batch, settings));
  const sum = parts.map(({ grads }) => grads).reduce(addInto);
  const mean = parts.length === 1 ? sum : scaled(sum, 1 / parts.length);
  optimiser.apply(mean, settings.clipNorm);
  if (parts.length === 1) return present(parts[0], 'the only part').numbers;
  const numbers = parts.map((part) => part.numbers);
  const result = tf.tidy(() => tf.mean(tf.stack(numbers), 0) as tf.Tensor1D);
  tf.dispose(numbers);
  return result;
}

interface Part {
  /** By the name of the weight. */
  readonly grads: tf.NamedTensorMap;
  /** Loss and accuracy, [2]. */
  readonly numbers: tf.Tensor1D;
}

function gradients(
  { network, head }: Learner,
  variables: tf.Variable[],
  { inputs, labels }: Batch,
  settings: LossSettings,
): Part {
  let hits: tf.Scalar | null = null;
  const { value: loss, grads } = tf.variableGrads(() => {
    // Training mode: batch-norms use the batch's own statistics and move their averages.
    const embeddings = network.apply(inputs, { training: true }) as tf.Tensor2D; // [B,D]
    const { loss: total, scores } = lossOf(head, embeddings, labels, settings); // scores [B,K]
    hits = tf.keep(accuracy(scores, labels));
    return total;
  }, variables);
  const numbers = tf.stack(hits ? [loss, hits] : [loss]) as tf.Tensor1D;
  tf.dispose([loss, ...(hits ? [hits] : [])]);
  return { grads, numbers };
}

/** The sum of two gradients, which are disposed of. */
function addInto(a: tf.NamedTensorMap, b: tf.NamedTensorMap): tf.NamedTensorMap {
  return combine(a, (value, name) => {
    const other = present(b[name], `the gradient of ${name}`);
    const sum = tf.add(value, other);
    other.dispose();
    return sum;
  });
}

const scaled = (grads: tf.NamedTensorMap, factor: number): tf.NamedTensorMap =>
  combine(grads, (value) => tf.mul(value, factor));

/** A new gradient for each, the old ones being disposed of. */
function combine(
  grads: tf.NamedTensorMap,
  make: (gradient: tf.Tensor, name: string) => tf.Tensor,
): tf.NamedTensorMap {
  return Object.fromEntries(
    Object.entries(grads).map(([name, gradient]) => {
      const made = make(gradient, name);
      gradient.dispose();
      return [name, made];
    }),
  );
}
