import * as tf from '@tensorflow/tfjs-core';
import { present } from '../../../lib/assert.ts';
import { channelsFirst, channelsLast, intOf, intsOf, type Operator, textOf } from './operands.ts';

/** A size of 0 stands for the one that is there. */
export const reshape: Operator = (operands) => {
  const x = operands.value(0);
  const sizes = operands.wholes(1).map((size, i) => (size === 0 ? present(x.shape[i], 'a size') : size));
  return tf.reshape(x, sizes);
};

export const flatten: Operator = (operands) => {
  const x = operands.value(0);
  const axis = intOf(operands, 'axis', 1);
  const rows = x.shape.slice(0, axis).reduce((product, size) => product * size, 1);
  return tf.reshape(x, [rows, -1]);
};

export const transpose: Operator = (operands) =>
  tf.transpose(operands.value(0), [...intsOf(operands, 'perm', [])]);

export const concat: Operator = (operands) =>
  tf.concat(
    Array.from({ length: operands.count }, (_, i) => operands.value(i)),
    intOf(operands, 'axis', 1),
  );

/** First what comes in front of each axis, then what comes behind. */
export const pad: Operator = (operands) => {
  const x = operands.value(0);
  const pads = operands.wholes(1);
  return tf.pad(
    x,
    x.shape.map((_, i) => [pads[i] ?? 0, pads[i + x.rank] ?? 0]),
  );
};

export const slice: Operator = (operands) => {
  const x = operands.value(0);
  const [starts, ends, axes] = [operands.wholes(1), operands.wholes(2), operands.wholes(3)];
  const begin = x.shape.map(() => 0);
  const size = [...x.shape];
  axes.forEach((axis, i) => {
    begin[axis] = starts[i] ?? 0;
    size[axis] = (ends[i] ?? 0) - (starts[i] ?? 0);
  });
  return tf.slice(x, begin, size);
};

/** Pixel i of the result lies at i / scale of the picture. */
export const resize: Operator = (operands) => {
  const x = channelsLast(operands.value(0));
  const scales = operands.wholes(2);
  const size: [number, number] = [x.shape[1] * (scales[2] ?? 1), x.shape[2] * (scales[3] ?? 1)];
  const resized =
    textOf(operands, 'mode', 'nearest') === 'nearest'
      ? tf.image.resizeNearestNeighbor(x, size)
      : tf.image.resizeBilinear(x, size);
  return channelsFirst(resized);
};

export const reduce =
  (compute: (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor): Operator =>
  (operands) =>
    compute(operands.value(0), [...intsOf(operands, 'axes', [])], intOf(operands, 'keepdims', 1) === 1);
