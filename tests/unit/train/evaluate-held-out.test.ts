import '@tensorflow/tfjs-backend-cpu';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { verify } from '../../../src/evaluate/verification.ts';
import { CancelledError, throwIfAborted } from '../../../src/lib/problem.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { HeldOutEvaluation } from '../../../src/train/run/evaluate-held-out.ts';
import { impostorScores, templatesOf } from '../../../src/train/run/held-out-people.ts';
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

/** normalise(mean of the embeddings of each person), in float64. */
async function expectedTemplates(task: Embedder): Promise<number[][]> {
  const { values } = await task.embed(faces, { ...options, mirror: true });
  return Array.from({ length: PEOPLE }, (_, person) => {
    const sum = Array.from({ length: DIMENSION }, (_, d) =>
      faces.reduce(
        (total, face) => total + (face % PEOPLE === person ? (values[face * DIMENSION + d] ?? 0) : 0),
        0,
      ),
    );
    const length = Math.hypot(...sum);
    return sum.map((value) => value / length);
  });
}

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

  it('leaves a template of each person: the mean direction of the embeddings, before training or with the best epoch', async () => {
    const task = new Embedder();
    const all = new HeldOutEvaluation(task, 16, { people, photos: nobody }, createRandom(1));
    await all.before(options);
    const before = await expectedTemplates(task);
    task.spread = 0.4;
    await all.after(options, never);
    const after = await expectedTemplates(task);
    for (const [untrained, expected] of [
      [true, before],
      [false, after],
    ] as const) {
      const templates = templatesOf(all.embedded(untrained));
      expect(templates.map(({ person }) => person)).toEqual([0, 1, 2, 3, 4]);
      templates.forEach(({ direction }, k) => {
        direction.forEach((value, d) => {
          expect(value).toBeCloseTo(expected[k]?.[d] ?? Number.NaN, 6);
        });
      });
    }
    expect(before[0]?.[0]).not.toBeCloseTo(after[0]?.[0] ?? Number.NaN, 2);
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
    expect(templatesOf(all.embedded(false))).toHaveLength(PEOPLE);
  });

  it('is nothing where there is no time at all, and ends when it is cancelled', async () => {
    const task = new Embedder();
    const all = new HeldOutEvaluation(task, 16, { people, photos: nobody }, createRandom(1));
    await all.before(options);
    expect(await all.after(options, AbortSignal.abort())).toMatchObject({ best: { verification: null } });
    expect(templatesOf(all.embedded(false))).toEqual([]);
    const abort = new AbortController();
    task.onBatch = () => abort.abort();
    await expect(all.after({ signal: abort.signal }, never)).rejects.toBeInstanceOf(CancelledError);
  });
});

describe('the scores of impostors', () => {
  it('are the cosines of all faces with all centres, whose lengths mean nothing', () => {
    const values = Float32Array.of(1, 0, 0, 1, 0.6, 0.8);
    const centres = Float32Array.of(2, 0, 0, -5);
    const cosines = [1, 0, 0, -1, 0.6, -0.8];
    const mean = -0.2 / 6;
    const deviation = Math.sqrt(cosines.reduce((sum, cosine) => sum + (cosine - mean) ** 2, 0) / 6);
    const scores = impostorScores({ values, dimension: 2, people: [0, 1, 2] }, centres);
    expect(scores).toEqual({
      mean: expect.closeTo(mean, 6),
      deviation: expect.closeTo(deviation, 6),
      count: 6,
    });
  });

  it('are null without faces, or where they say nothing', () => {
    const centres = Float32Array.of(1, 0);
    expect(impostorScores({ values: new Float32Array(0), dimension: 2, people: [] }, centres)).toBeNull();
    expect(impostorScores({ values: Float32Array.of(1, 0), dimension: 2, people: [0] }, centres)).toBeNull();
  });
});
