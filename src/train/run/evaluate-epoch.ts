import * as tf from '@tensorflow/tfjs-core';
import type { Split } from '../../dataset/split.ts';
import type { AngleHistogram } from '../../domain/training-report.ts';
import type { VerificationReport } from '../../domain/verification.ts';
import { angleHistogram } from '../../evaluate/angles.ts';
import { canVerify, verify } from '../../evaluate/verification.ts';
import type { Random } from '../../lib/random.ts';
import { cosinesToAll } from '../step/learner.ts';
import type { Task } from '../task/task.ts';

/** The faces that are evaluated after every epoch: the same ones each time. */
export interface EvaluationFaces {
  readonly train: Group;
  readonly heldOut: Group;
  readonly verification: Group;
}

interface Group {
  readonly faces: readonly number[];
  /** Class of each face; for `verification` its person. */
  readonly labels: readonly number[];
}

export interface EpochEvaluation {
  readonly trainAccuracy: number | null;
  readonly heldOutAccuracy: number | null;
  readonly heldOutLoss: number | null;
  readonly verification: VerificationReport | null;
  /** Of training photos. */
  readonly angles: AngleHistogram;
}

/** At most `limit` faces of each group: at random, of held-out people about equally many each. */
export function chooseEvaluationFaces(split: Split, limit: number, random: Random): EvaluationFaces {
  return {
    train: sample(split.train, split.trainLabels, limit, random),
    heldOut: sample(split.heldOut, split.heldOutLabels, limit, random),
    verification: evenly(split.verification, split.verificationPeople, limit, random),
  };
}

/**
 * Accuracy and loss of the plain cosine, angles, and verification on held-out people.
 *
 * @param scale of the cosines in the loss
 */
export async function evaluateEpoch(
  task: Task,
  panel: EvaluationFaces,
  scale: number,
  signal: AbortSignal,
): Promise<EpochEvaluation> {
  const { classes } = task;
  const train = await toCentres(task, panel.train.faces, signal);
  const heldOut = await toCentres(task, panel.heldOut.faces, signal);
  return {
    trainAccuracy: accuracyOf(train, panel.train.labels, classes),
    heldOutAccuracy: accuracyOf(heldOut, panel.heldOut.labels, classes),
    heldOutLoss: crossEntropy(heldOut, panel.heldOut.labels, scale),
    verification: await verifyGroup(task, panel.verification, signal),
    angles: angleHistogram({ cosines: train, classes, labels: panel.train.labels }),
  };
}

async function verifyGroup(
  task: Task,
  { faces, labels }: Group,
  signal: AbortSignal,
): Promise<VerificationReport | null> {
  if (!canVerify({ person: labels, folds: null })) return null;
  const { values, dimension } = await task.embed(faces, signal);
  return verify({ embeddings: values, dimension, person: labels, folds: null });
}

/** Cosine of each face with each centre, [N, K]. */
async function toCentres(task: Task, faces: readonly number[], signal: AbortSignal): Promise<Float32Array> {
  if (faces.length === 0) return new Float32Array(0);
  const { values, dimension } = await task.embed(faces, signal);
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

function sample(faces: readonly number[], labels: readonly number[], limit: number, random: Random): Group {
  const rows = faces.map((face, i) => ({ face, label: labels[i] ?? 0 }));
  const chosen = rows.length <= limit ? rows : random.shuffled(rows).slice(0, limit);
  return { faces: chosen.map(({ face }) => face), labels: chosen.map(({ label }) => label) };
}

function evenly(faces: readonly number[], labels: readonly number[], limit: number, random: Random): Group {
  if (faces.length <= limit) return { faces, labels };
  const each = Math.max(2, Math.floor(limit / new Set(labels).size)); // 2: at least one genuine pair
  const taken = new Map<number, number>();
  const rows = random.shuffled(faces.map((face, i) => ({ face, label: labels[i] ?? 0 })));
  const chosen = rows.filter(({ label }) => {
    const count = taken.get(label) ?? 0;
    taken.set(label, count + 1);
    return count < each;
  });
  return { faces: chosen.map(({ face }) => face), labels: chosen.map(({ label }) => label) };
}
