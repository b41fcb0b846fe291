import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { present } from '../../../src/lib/assert.ts';
import { createRandom } from '../../../src/lib/random.ts';
import {
  meanRow,
  recentre,
  recentredEmbeddings,
  scaleFromStandardised,
  scaleToStandardised,
  standardise,
} from '../../../src/train/task/recentre-embedding.ts';

const [SIZE, OUTPUTS, FACES] = [6, 4, 5];
const random = createRandom(5);
const kernel = Float32Array.from({ length: SIZE * OUTPUTS }, () => random.normal() * 0.01);
const bias = Float32Array.from({ length: OUTPUTS }, () => random.normal());
/** Positive, far from 0, and the last one the same for all. */
const features = Float32Array.from({ length: FACES * 2 * SIZE }, (_, i) =>
  i % SIZE === SIZE - 1 ? 3 : 2 + random.next() * (1 + (i % SIZE)),
);

beforeAll(() => tf.setBackend('cpu'));

function dense(): tfl.LayersModel {
  const layer = tfl.layers.dense({ units: OUTPUTS, inputShape: [SIZE] });
  const model = tfl.sequential({ layers: [layer] });
  layer.setWeights([tf.tensor2d(kernel, [SIZE, OUTPUTS]), tf.tensor1d(bias)]);
  return model;
}

function outputs(model: tfl.LayersModel, values: Float32Array): Float32Array {
  const rows = model.predict(tf.tensor2d(values, [values.length / SIZE, SIZE]));
  if (Array.isArray(rows)) throw new Error('several outputs');
  return rows.dataSync<'float32'>().slice();
}

/** The formula itself, in float64. */
function byHand(values: Float32Array): number[][] {
  return Array.from({ length: values.length / SIZE }, (_, row) =>
    Array.from({ length: OUTPUTS }, (_, d) =>
      Array.from(
        { length: SIZE },
        (_, i) => (values[row * SIZE + i] ?? 0) * (kernel[i * OUTPUTS + d] ?? 0),
      ).reduce((sum, term) => sum + term, bias[d] ?? 0),
    ),
  );
}

const meanOf = (rows: readonly number[][]): number[] =>
  Array.from({ length: OUTPUTS }, (_, d) => rows.reduce((sum, row) => sum + (row[d] ?? 0), 0) / rows.length);

/** The factor between two lists of numbers that are the same but for it. */
function factorOf(got: Float32Array, wanted: readonly number[]): number {
  const factor = (got[0] ?? 0) / (wanted[0] ?? 1);
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(factor * (wanted[i] ?? 0), 4);
  });
  return factor;
}

it('a layer for standardised features gives the same less its mean, times a factor, and so does it folded back', async () => {
  const faces = [0, 2, 3];
  const copy = features.slice();
  const standard = standardise(copy, SIZE, faces);
  const used = faces.flatMap((face) => [...copy.subarray(face * 2 * SIZE, (face + 1) * 2 * SIZE)]);
  for (let i = 0; i < SIZE; i++) {
    const column = used.filter((_, at) => at % SIZE === i);
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const square = column.reduce((sum, value) => sum + value * value, 0) / column.length;
    expect(mean).toBeCloseTo(0, 5);
    expect(square).toBeCloseTo(i === SIZE - 1 ? 0 : 1, 4);
  }
  const all = byHand(features);
  const mean = meanOf(faces.flatMap((face) => all.slice(face * 2, face * 2 + 2)));
  const wanted = all.flatMap((row) => row.map((value, d) => value - (mean[d] ?? 0)));
  const model = dense();
  await scaleToStandardised(model, standard);
  const weights = present(model.getWeights()[0], 'the kernel').dataSync<'float32'>();
  const square = weights.reduce((sum, value) => sum + value * value, 0) / weights.length;
  expect(Math.sqrt(square)).toBeCloseTo(1 / Math.sqrt(SIZE), 5);
  const factor = factorOf(outputs(model, copy), wanted);
  expect(factor).toBeGreaterThan(1);
  await scaleFromStandardised(model, standard);
  expect(factorOf(outputs(model, features), wanted)).toBeCloseTo(factor, 2);
});

it('a network seen from a point: its outputs less the point, times a factor; embeddings the same', async () => {
  const all = byHand(features);
  const both = { values: outputs(dense(), features), dimension: OUTPUTS };
  const point = meanRow(both);
  meanOf(all).forEach((value, d) => {
    expect(point[d]).toBeCloseTo(value, 5);
  });
  const moved = dense();
  await recentre(point, moved);
  factorOf(
    outputs(moved, features),
    all.flatMap((row) => row.map((value, d) => value - (point[d] ?? 0))),
  );
  const { values } = recentredEmbeddings(point, both);
  const sums = Array.from({ length: FACES }, (_, face) =>
    Array.from(
      { length: OUTPUTS },
      (_, d) => (all[face * 2]?.[d] ?? 0) + (all[face * 2 + 1]?.[d] ?? 0) - 2 * (point[d] ?? 0),
    ),
  );
  sums.forEach((sum, face) => {
    const length = Math.hypot(...sum);
    sum.forEach((value, d) => {
      expect(values[face * OUTPUTS + d]).toBeCloseTo(value / length, 3);
    });
  });
});
