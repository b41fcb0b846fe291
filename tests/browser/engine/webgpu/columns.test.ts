import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectSame, normalTensors } from './against.ts';

const normal = normalTensors(29);

const shapes = [
  [1, 1],
  [3, 7],
  [300, 64],
  [2, 9, 11, 5],
  [4, 20, 30, 36],
];

describe('sums of columns', () => {
  it.each(shapes)('%i, %i, ...', (...shape) => {
    const x = normal(shape);
    const axes = shape.slice(1).map((_, i) => i);
    return expectSame(() => [tf.sum(x(), axes), tf.sum(x(), axes, true), tf.sum(x(), -1), tf.sum(x())]);
  });
});

describe('PReLU and its gradient', () => {
  it.each(shapes)('%i, %i, ...', (...shape) => {
    const [x, alpha, weight] = [normal(shape), normal([shape.at(-1) ?? 1]), normal(shape)];
    return expectSame(() => {
      const loss = (given: tf.Tensor, slopes: tf.Tensor): tf.Scalar =>
        tf.sum(tf.mul(tf.prelu(given, slopes), weight()));
      return [tf.prelu(x(), alpha()), ...tf.grads(loss)([x(), alpha()])];
    });
  });
});
