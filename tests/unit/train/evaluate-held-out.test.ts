import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { verify } from '../../../src/evaluate/verification.ts';
import { CancelledError, throwIfAborted } from '../../../src/lib/problem.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { HeldOutEvaluation } from '../../../src/train/run/evaluate-held-out.ts';
import { createLearner } from '../../../src/train/step/learner.ts';
import type { TaskEmbedOptions } from '../../../src/train/task/task.ts';

const DIMENSION = 8;
const PEOPLE = 5;
const FACES = 60;
const random = createRandom(4);
const noise = Array.from({ length: FACES * DIMENSION }, () => random.normal());
const directions = Array.from({ length: PEOPLE * DIMENSION }, () => random.normal());

/** A network whose embeddings are of length 1 and nearer to a direction of the person's own the smaller the spread is. */
class Embedder {
  readonly dimension = DIMENSION;
  readonly classes = PEOPLE;
  readonly learner = createLearner(
    tfl.sequential({ layers: [tfl.layers.dense({ units: DIMENSION, inputShape: [1] })] }),
    presets.quick,
    { centres: Float32Array.from(directions), scale: 16, random: createRandom(1) },
  );
  spread = 2;
  embedded = 0;
  onBatch: (done: number) => void = () => {};

  async embed(faces: readonly number[], { signal, mirror }: TaskEmbedOptions) {
    throwIfAborted(signal);
    expect(mirror).toBe(true);
    const rows = faces.map((face) => {
      const row = Array.from(
        { length: DIMENSION },
        (_, d) =>
          (directions[(face % PEOPLE) * DIMENSION + d] ?? 0) +
          this.spread * (noise[face * DIMENSION + d] ?? 0),
      );
      const length = Math.hypot(...row);
      return row.map((value) => value / length);
    });
    this.embedded += faces.length;
    this.onBatch(this.embedded);
    return { values: Float32Array.from(rows.flat()), dimension: DIMENSION };
  }
}

const nobody = { faces: [], labels: [] };
const faces = Array.from({ length: FACES }, (_, i) => i);
const people = { faces, labels: faces.map((face) => face % PEOPLE) };
const options = { signal: new AbortController().signal };
const never = new AbortController().signal;

describe('evaluation of all held-out faces', () => {
  it('is of the same pairs before training and with the best epoch', async () => {
    const task = new Embedder();
    const all = new HeldOutEvaluation(task, 16, { people, photos: nobody }, createRandom(1));
    await all.before(options);
    task.spread = 0.4;
    const { baseline, best } = (await all.after(options, never)) ?? {};
    const { values } = await task.embed(faces, { ...options, mirror: true });
    const expected = verify({ embeddings: values, dimension: DIMENSION, person: people.labels, folds: null });
    expect(best?.verification?.auc).toBeCloseTo(expected.auc, 12);
    expect(baseline?.verification).toMatchObject({
      genuinePairs: expected.genuinePairs,
      impostorPairs: expected.impostorPairs,
    });
    expect(baseline?.verification?.auc).toBeLessThan(expected.auc);
    expect(all.figuresBefore()).toEqual(baseline);
  });

  it('is, once time is up, of the faces embedded so far: of all people, before and after alike', async () => {
    const task = new Embedder();
    const all = new HeldOutEvaluation(task, 16, { people, photos: nobody }, createRandom(1));
    await all.before(options);
    const overdue = new AbortController();
    task.embedded = 0;
    task.onBatch = (done) => {
      if (done >= 32) overdue.abort();
    };
    const figures = await all.after(options, overdue.signal);
    expect(task.embedded).toBe(32);
    for (const report of [figures?.baseline.verification, figures?.best.verification]) {
      expect((report?.genuinePairs ?? 0) + (report?.impostorPairs ?? 0)).toBe((32 * 31) / 2);
    }
    expect(figures?.baseline.verification).toEqual(figures?.best.verification);
  });

  it('is nothing where there is no time at all, and ends when it is cancelled', async () => {
    const task = new Embedder();
    const all = new HeldOutEvaluation(task, 16, { people, photos: nobody }, createRandom(1));
    await all.before(options);
    expect(await all.after(options, AbortSignal.abort())).toMatchObject({ best: { verification: null } });
    const abort = new AbortController();
    task.onBatch = () => abort.abort();
    await expect(all.after({ signal: abort.signal }, never)).rejects.toBeInstanceOf(CancelledError);
  });
});
