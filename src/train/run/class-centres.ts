import * as tf from '@tensorflow/tfjs-core';
import { present } from '../../lib/assert.ts';
import { cosines } from '../../model/heads/centres.ts';
import type { Checkpoint } from '../step/checkpoint.ts';
import type { Task } from '../task/task.ts';
import type { FaceGroup } from './evaluation-plan.ts';

/** Photos of each class that vote for one of its sub-centres. */
const VOTES = 8;

/**
 * One centre for each class, [K, D]: its centre, or of its sub-centres the one nearest to most of its photos, of eight at
 * most (the dominant one, as in sub-center ArcFace: Deng et al., ECCV 2020, section 3.2).
 */
export async function classCentres(
  checkpoint: Checkpoint,
  task: Task,
  train: FaceGroup,
  signal: AbortSignal,
): Promise<Float32Array> {
  const all = allCentres(checkpoint);
  const { dimension } = task;
  const each = all.length / dimension / task.classes;
  if (each === 1) return all;
  const { faces, labels } = firstOfEach(train, VOTES);
  const { values } = await task.embed(faces, { mirror: false, signal });
  const near = tf.tidy(() =>
    cosines(
      tf.tensor2d(values, [faces.length, dimension]),
      tf.tensor2d(all, [task.classes * each, dimension]),
    ),
  );
  const cosine = await near.data<'float32'>(); // [N, K * S]
  near.dispose();
  const votes = new Int32Array(task.classes * each);
  labels.forEach((label, row) => {
    const at = row * task.classes * each + label * each;
    const toSubCentres = cosine.subarray(at, at + each);
    const place = label * each + toSubCentres.indexOf(Math.max(...toSubCentres));
    votes[place] = (votes[place] ?? 0) + 1;
  });
  const chosen = new Float32Array(task.classes * dimension);
  for (let k = 0; k < task.classes; k++) {
    const ofClass = votes.subarray(k * each, (k + 1) * each);
    const row = k * each + ofClass.indexOf(Math.max(...ofClass));
    chosen.set(all.subarray(row * dimension, (row + 1) * dimension), k * dimension);
  }
  return chosen;
}

/** At most so many faces of each class. */
function firstOfEach({ faces, labels }: FaceGroup, most: number): FaceGroup {
  const taken = new Map<number, number>();
  const rows = faces.map((face, i) => ({ face, label: labels[i] ?? 0 }));
  const kept = rows.filter(({ label }) => {
    const count = taken.get(label) ?? 0;
    taken.set(label, count + 1);
    return count < most;
  });
  return { faces: kept.map(({ face }) => face), labels: kept.map(({ label }) => label) };
}

/** As {@link classCentres}, where no embeddings can be computed any more: the first sub-centre of each class. */
export function firstSubCentres(checkpoint: Checkpoint, { classes, dimension }: Task): Float32Array {
  const all = allCentres(checkpoint);
  const block = all.length / classes;
  const chosen = new Float32Array(classes * dimension);
  for (let k = 0; k < classes; k++) {
    chosen.set(all.subarray(k * block, k * block + dimension), k * dimension);
  }
  return chosen;
}

const allCentres = ({ bank, head }: Checkpoint): Float32Array =>
  bank ?? present(head[0], 'the centres').values;
