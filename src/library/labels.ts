import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ProblemError } from '../lib/problem.ts';

const REMEDY =
  'Give one-hot rows [batch, units], or the numbers of the target classes, from 0, as [batch, 1] or [batch].';

/** Throws unless labels are [B, K], [B, 1] or [B]. */
export function checkLabelShape(shape: Shape, units: number): void {
  const [, width = 1] = shape;
  if (shape.length <= 2 && shape.length > 0 && (width === units || width === 1)) return;
  throw new ProblemError(
    `The ArcFace layer has ${units} units and cannot take labels of shape [${shape.map((size) => size ?? 'batch').join(', ')}].`,
    REMEDY,
  );
}

/**
 * The target class of each row, [B], int32.
 *
 * @param given one-hot rows or class numbers: a tensor, or class numbers in an array
 * @throws ProblemError where they are neither, as far as that is known: on a GPU only shapes are looked at, for reading
 *   numbers back in every step would cost time
 */
export function targetClasses(given: unknown, batch: number, units: number): tf.Tensor1D {
  const labels = given instanceof tf.Tensor ? given : tensorOf(given);
  checkLabelShape(labels.shape, units);
  if (labels.shape[0] !== batch) {
    throw new ProblemError(`There are ${batch} embeddings, but ${labels.shape[0]} labels.`, REMEDY);
  }
  const oneHot = labels.shape[1] === units;
  if (IN_MEMORY.has(tf.getBackend())) checkLabels(labels.dataSync(), oneHot ? units : 1, units);
  return tf.cast(oneHot ? tf.argMax(labels, 1) : tf.reshape(labels, [batch]), 'int32') as tf.Tensor1D;
}

/** Backends whose numbers lie in ordinary memory. */
const IN_MEMORY: ReadonlySet<string> = new Set(['cpu', 'simd', 'wasm']);

function tensorOf(given: unknown): tf.Tensor {
  const numbers = z.array(z.number()).min(1).safeParse(given);
  if (numbers.success) return tf.tensor1d(numbers.data);
  throw new ProblemError('The labels of the ArcFace layer are neither a tensor nor numbers.', REMEDY);
}

function checkLabels(values: ArrayLike<unknown>, width: number, units: number): void {
  const wrong = (row: number, what: string): ProblemError =>
    new ProblemError(`Label ${row} of the batch is ${what}.`, REMEDY);
  for (let row = 0; row * width < values.length; row++) {
    if (width === 1) {
      const label = Number(values[row]);
      if (Number.isInteger(label) && label >= 0 && label < units) continue;
      throw wrong(row, `${label}, not a whole number from 0 to ${units - 1}`);
    }
    let ones = 0;
    for (let k = 0; k < width; k++) {
      const value = Number(values[row * width + k]);
      if (value === 1) ones += 1;
      else if (value !== 0) ones = Number.NaN;
    }
    if (ones !== 1) throw wrong(row, 'not one-hot: a single 1 and otherwise 0');
  }
}
