import * as tf from '@tensorflow/tfjs-core';
import { besideChannels, floatOf, intOf, type Operator } from './operands.ts';

export const one =
  (compute: (x: tf.Tensor) => tf.Tensor): Operator =>
  (operands) =>
    compute(operands.value(0));

/** Two at a time. */
export const many =
  (compute: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): Operator =>
  (operands) => {
    let result = operands.value(0);
    for (let i = 1; i < operands.count; i++) result = compute(result, operands.value(i));
    return result;
  };

export const clip: Operator = (operands) =>
  tf.minimum(tf.maximum(operands.value(0), operands.value(1)), operands.value(2));

/** max(x, 0) + slope min(x, 0) */
export const prelu: Operator = (operands) => {
  const x = operands.value(0);
  return tf.add(tf.relu(x), tf.mul(operands.value(1), tf.minimum(x, 0)));
};

export const leakyRelu: Operator = (operands) =>
  tf.leakyRelu(operands.value(0), floatOf(operands, 'alpha', 0.01));

/** x above 0, else alpha (e^x - 1) */
export const elu: Operator = (operands) => {
  const x = operands.value(0);
  return tf.add(tf.relu(x), tf.mul(floatOf(operands, 'alpha', 1), tf.expm1(tf.minimum(x, 0))));
};

export const thresholdedRelu: Operator = (operands) => {
  const x = operands.value(0);
  return tf.where(tf.greater(x, floatOf(operands, 'alpha', 1)), x, tf.zerosLike(x));
};

export const hardSigmoid: Operator = (operands) => {
  const line = tf.add(
    tf.mul(operands.value(0), floatOf(operands, 'alpha', 0.2)),
    floatOf(operands, 'beta', 0.5),
  );
  return tf.clipByValue(line, 0, 1);
};

export const softmax: Operator = (operands) => {
  const x = operands.value(0);
  const axis = intOf(operands, 'axis', -1);
  const powers = tf.exp(tf.sub(x, tf.max(x, axis, true)));
  return tf.div(powers, tf.sum(powers, axis, true));
};

/** gamma (x - mean) / sqrt(variance + epsilon) + beta */
export const batchNorm: Operator = (operands) => {
  const x = operands.value(0);
  const row = (index: number): tf.Tensor => besideChannels(operands.value(index), x.rank);
  const deviation = tf.sqrt(tf.add(row(4), floatOf(operands, 'epsilon', 1e-5)));
  return tf.add(tf.mul(row(1), tf.div(tf.sub(x, row(3)), deviation)), row(2));
};

/** The same over the last axis, with the mean and the variance of what is there. */
export const layerNorm: Operator = (operands) => {
  const x = operands.value(0);
  const { mean, variance } = tf.moments(x, -1, true);
  const deviation = tf.sqrt(tf.add(variance, floatOf(operands, 'epsilon', 1e-5)));
  return tf.add(tf.mul(operands.value(1), tf.div(tf.sub(x, mean), deviation)), operands.value(2));
};

export const gemm: Operator = (operands) => {
  const transposed = intOf(operands, 'transB', 0) === 1;
  const product = tf.matMul(operands.value(0), operands.value(1), false, transposed);
  const bias = operands.optional(2);
  return bias ? tf.add(product, bias) : product;
};

/** The last axis by a matrix. */
export const matMul: Operator = (operands) => {
  const x = operands.value(0);
  const matrix = operands.value(1);
  const [rows = 1, columns = 1] = matrix.shape;
  const product = tf.matMul(tf.reshape(x, [-1, rows]), matrix as tf.Tensor2D);
  return tf.reshape(product, [...x.shape.slice(0, -1), columns]);
};
