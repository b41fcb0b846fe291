import * as tf from '@tensorflow/tfjs-core';
import { present } from '../../../lib/assert.ts';
import { channelsFirst, channelsLast, intOf, intsOf, type Operands, type Operator } from './operands.ts';

type Pair = [number, number];

const pairOf = (operands: Operands, name: string): Pair => {
  const [height = 1, width = 1] = intsOf(operands, name, [1, 1]);
  return [height, width];
};

/** [B, H, W, C] with what a window sees past the edges. */
function padded(x: tf.Tensor4D, operands: Operands, value: number): tf.Tensor4D {
  const [above = 0, left = 0, below = 0, right = 0] = intsOf(operands, 'pads', [0, 0, 0, 0]);
  if (above + left + below + right === 0) return x;
  const sides: [Pair, Pair, Pair, Pair] = [
    [0, 0],
    [above, below],
    [left, right],
    [0, 0],
  ];
  return tf.pad(x, sides, value);
}

/** All channels together, each on its own, or in groups. */
export const conv: Operator = (operands) => {
  const x = padded(channelsLast(operands.value(0)), operands, 0);
  const kernel = operands.value(1); // [out, in / groups, y, x]
  const strides = pairOf(operands, 'strides');
  const dilations = pairOf(operands, 'dilations');
  const groups = intOf(operands, 'group', 1);
  const channels = x.shape[3];
  const run = (part: tf.Tensor4D, filters: tf.Tensor): tf.Tensor4D =>
    tf.conv2d(part, tf.transpose(filters, [2, 3, 1, 0]) as tf.Tensor4D, strides, 'valid', 'NHWC', dilations);
  const compute = (): tf.Tensor4D => {
    if (groups === 1) return run(x, kernel);
    if (groups === channels) {
      const [out = 0, , height = 1, width = 1] = kernel.shape;
      const each = tf.reshape(kernel, [channels, out / channels, height, width]);
      const filters = tf.transpose(each, [2, 3, 0, 1]) as tf.Tensor4D;
      return tf.depthwiseConv2d(x, filters, strides, 'valid', 'NHWC', dilations);
    }
    const filters = tf.split(kernel, groups, 0);
    const parts = tf
      .split<tf.Tensor4D>(x, groups, 3)
      .map((part, i) => run(part, present(filters[i], 'filters')));
    return tf.concat(parts, 3);
  };
  const bias = operands.optional(2);
  const y = compute();
  return channelsFirst(bias ? tf.add(y, bias) : y);
};

/** Below every number: pixels past the edge are never the largest. */
const LOWEST = -3.4e38;

export const maxPool: Operator = (operands) => {
  const x = padded(channelsLast(operands.value(0)), operands, LOWEST);
  return channelsFirst(tf.maxPool(x, pairOf(operands, 'kernel_shape'), pairOf(operands, 'strides'), 'valid'));
};

/** Of the pixels that are there: the sum over a window by how many of its pixels lie in the picture. */
export const averagePool: Operator = (operands) => {
  const x = channelsLast(operands.value(0));
  const [, height, width] = x.shape;
  const mean = (values: tf.Tensor4D): tf.Tensor4D =>
    tf.avgPool(
      padded(values, operands, 0),
      pairOf(operands, 'kernel_shape'),
      pairOf(operands, 'strides'),
      'valid',
    );
  return channelsFirst(tf.div(mean(x), mean(tf.ones([1, height, width, 1]) as tf.Tensor4D)));
};

export const globalPool =
  (reduce: (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor): Operator =>
  (operands) =>
    reduce(operands.value(0), [2, 3], true);
