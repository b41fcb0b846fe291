import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, runKernel } from '../engine/ops/custom-kernels.ts';
import { present } from '../lib/assert.ts';

/** Share of rows whose largest score is that of the true class: accuracy without any margin. Scalar. */
export function accuracy(scores: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  if (hasKernel('ArcAccuracy')) {
    return present(runKernel('ArcAccuracy', { scores, labels }, {})[0], 'the share') as tf.Scalar; // as the kernel gives it
  }
  return tf.tidy(() => tf.mean(tf.cast(tf.equal(tf.argMax(scores, 1), labels), 'float32')));
}
