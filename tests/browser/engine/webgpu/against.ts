import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { BackendName } from '../../../../src/config/training-config.ts';
import { startBackend } from '../../../../src/engine/selection/start-backend.ts';
import { createRandom } from '../../../../src/lib/random.ts';

/** Numbers of each of the tensors that a computation gives, on a backend. */
export async function valuesOn(
  backend: BackendName,
  compute: () => readonly tf.Tensor[],
): Promise<ArrayLike<number>[]> {
  await startBackend(backend);
  const made = compute();
  const values: ArrayLike<number>[] = [];
  for (const tensor of made) {
    values.push((await tensor.data()).slice());
    tensor.dispose();
  }
  return values;
}

/** Largest difference, as a share of the largest entry. */
export function apart(ours: ArrayLike<number>, right: ArrayLike<number>): number {
  expect(ours.length).toBe(right.length);
  let [worst, largest] = [0, 0];
  for (let i = 0; i < ours.length; i++) {
    const difference = Math.abs((ours[i] ?? Number.NaN) - (right[i] ?? Number.NaN));
    if (!(difference <= worst)) worst = difference;
    largest = Math.max(largest, Math.abs(right[i] ?? 0));
  }
  return worst / (largest || 1);
}

/** The same on WebGPU as in plain JavaScript, up to rounding, and twice the same bits. */
export async function expectSame(compute: () => readonly tf.Tensor[], tolerance = 1e-5): Promise<void> {
  const right = await valuesOn('cpu', compute);
  const ours = await valuesOn('webgpu', compute);
  expect(ours).toHaveLength(right.length);
  ours.forEach((values, i) => {
    expect(apart(values, right[i] ?? [])).toBeLessThanOrEqual(tolerance);
  });
  expect(await valuesOn('webgpu', compute)).toEqual(ours);
}

/** Draws the numbers of tensors once; each is made when it is asked for, on the backend that is active then. */
export function normalTensors(seed: number): (shape: number[]) => () => tf.Tensor {
  const random = createRandom(seed);
  return (shape) => {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => random.normal());
    return () => tf.tensor(values, shape);
  };
}
