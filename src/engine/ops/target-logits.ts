import * as tf from '@tensorflow/tfjs-core';
import { present } from '../../lib/assert.ts';
import { hasKernel, runKernel } from './custom-kernels.ts';

// The entry of each row's target class, in a matrix [N, K]. None of these is differentiated: they are parts of operations
// that define their gradients.

/** The target entries: x[n, labels[n]]. [N, 1] */
export function targetLogits(x: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor2D {
  const [rows, classes] = x.shape;
  const places = tf.add(tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(classes, 'int32')), labels);
  return tf.reshape(tf.gather(tf.reshape(x, [-1]), places as tf.Tensor1D), [rows, 1]);
}

/** x with its target entries replaced by `values` [N, 1]. */
export function withTarget(x: tf.Tensor2D, labels: tf.Tensor1D, values: tf.Tensor): tf.Tensor2D {
  if (hasKernel('ArcReplaceTarget')) return replaced(x, labels, values, false);
  return tf.add(x, tf.mul(oneHot(x, labels), tf.sub(values, targetLogits(x, labels))));
}

/** x with its target entries multiplied by `factor` [N, 1]. */
export function scaleTarget(x: tf.Tensor2D, labels: tf.Tensor1D, factor: tf.Tensor): tf.Tensor2D {
  if (hasKernel('ArcReplaceTarget')) return replaced(x, labels, factor, true);
  return tf.mul(x, tf.add(1, tf.mul(oneHot(x, labels), tf.sub(factor, 1))));
}

function replaced(x: tf.Tensor2D, labels: tf.Tensor1D, values: tf.Tensor, multiply: boolean): tf.Tensor2D {
  const [made] = runKernel('ArcReplaceTarget', { x, labels, values }, { multiply });
  return present(made, 'the rows') as tf.Tensor2D; // as x
}

const oneHot = (x: tf.Tensor2D, labels: tf.Tensor1D): tf.Tensor =>
  tf.oneHot(labels, x.shape[1], 1, 0, 'float32');
