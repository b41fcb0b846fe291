import * as tf from '@tensorflow/tfjs-core';
import type { AngleHistogram } from '../../domain/training-report.ts';
import type { VerificationReport } from '../../domain/verification.ts';
import { angleHistogram } from '../../evaluate/angles.ts';
import { canVerify, verify } from '../../evaluate/verification.ts';
import { cosinesToAll } from '../step/learner.ts';
import type { Task, TaskEmbedOptions } from '../task/task.ts';
import type { EvaluationPlan, FaceGroup } from './evaluation-plan.ts';

export interface EpochEvaluation {
  readonly trainAccuracy: number | null;
  readonly heldOutAccuracy: number | null;
  readonly heldOutLoss: number | null;
  readonly verification: VerificationReport | null;
  /** Of training photos. */
  readonly angles: AngleHistogram;
}

/** How validation photos are classified by the plain cosine. */
export type Validation = Pick<EpochEvaluation, 'heldOutAccuracy' | 'heldOutLoss'>;

/**
 * Accuracy and loss of the plain cosine, angles, and verification on held-out people.
 *
 * @param scale of the cosines in the loss
 */
export async function evaluateEpoch(
  task: Task,
  { train, heldOut, verification, mirror }: EvaluationPlan,
  scale: number,
  how: Omit<TaskEmbedOptions, 'mirror'>,
): Promise<EpochEvaluation> {
  const { classes } = task;
  const options = { ...how, mirror };
  const cosines = await toCentres(task, train.faces, options);
  return {
    trainAccuracy: accuracyOf(cosines, train.labels, classes),
    ...(await validate(task, heldOut, scale, options)),
    verification: await verifyGroup(task, verification, options),
    angles: angleHistogram({ cosines, classes, labels: train.labels }),
  };
}

/** @param scale of the cosines in the loss */
export async function validate(
  task: Pick<Task, 'embed' | 'classes' | 'learner'>,
  { faces, labels }: FaceGroup,
  scale: number,
  options: TaskEmbedOptions,
): Promise<Validation> {
  const cosines = await toCentres(task, faces, options);
  return {
    heldOutAccuracy: accuracyOf(cosines, labels, task.classes),
    heldOutLoss: crossEntropy(cosines, labels, scale),
  };
}

async function verifyGroup(
  task: Task,
  { faces, labels }: FaceGroup,
  options: TaskEmbedOptions,
): Promise<VerificationReport | null> {
  if (!canVerify({ person: labels, folds: null })) return null;
  const { values, dimension } = await task.embed(faces, options);
  return verify({ embeddings: values, dimension, person: labels, folds: null });
}

/** Cosine of each face with each centre, [N, K]. */
async function toCentres(
  task: Pick<Task, 'embed' | 'learner'>,
  faces: readonly number[],
  options: TaskEmbedOptions,
): Promise<Float32Array> {
  if (faces.length === 0) return new Float32Array(0);
  const { values, dimension } = await task.embed(faces, options);
  const result = tf.tidy(() => cosinesToAll(task.learner, tf.tensor2d(values, [faces.length, dimension])));
  const read = await result.data<'float32'>();
  result.dispose();
  return read;
}

/** Share of rows whose largest cosine is that of the target class; null without rows. */
function accuracyOf(cosine: Float32Array, labels: readonly number[], classes: number): number | null {
  if (labels.length === 0) return null;
  const correct = labels.filter((label, row) => {
    const target = cosine[row * classes + label] ?? Number.NaN;
    // NaN is never correct.
    return cosine.subarray(row * classes, (row + 1) * classes).every((other) => other <= target);
  });
  return correct.length / labels.length;
}

/** Mean of log(sum of e^(s cos)) - s cos of the target class, in nats; null without rows. */
function crossEntropy(cosine: Float32Array, labels: readonly number[], scale: number): number | null {
  if (labels.length === 0) return null;
  const classes = cosine.length / labels.length;
  const losses = labels.map((label, row) => {
    const target = cosine[row * classes + label] ?? Number.NaN;
    let sum = 0;
    // Relative to the target: cosines are at most 1, so that nothing overflows at any scale that is allowed.
    for (let k = 0; k < classes; k++)
      sum += Math.exp(scale * ((cosine[row * classes + k] ?? Number.NaN) - target));
    return Math.log(sum);
  });
  return losses.reduce((a, b) => a + b, 0) / losses.length;
}
