import * as tf from '@tensorflow/tfjs-core';
import { present } from '../../lib/assert.ts';
import { hasKernel, runKernel } from './custom-kernels.ts';
import { customOp } from './custom-op.ts';

/** Squared lengths below this count as this, so that a row of zeros stays zeros with a finite gradient. */
const SMALLEST_SQUARED_LENGTH = 1e-12;

/**
 * Every row divided by its Euclidean length: y = x / |x|.
 *
 * dx = (dy - y (y . dy)) / |x|: what dy has across the row, since turning is all that can change y.
 *
 * @param rows [N, D]
 * @returns [N, D], rows of length 1
 */
export function normaliseRows(rows: tf.Tensor2D): tf.Tensor2D {
  const ops = hasKernel('ArcNormaliseRows') ? kernels : plain;
  return customOp<tf.Tensor2D>(
    rows,
    (x) => {
      const [y, inverse] = ops.forward(x);
      return { value: y, saved: [y, inverse] };
    },
    (dy, [y, inverse]) =>
      ops.backward(dy, present(y, 'the saved rows'), present(inverse, 'the saved lengths')),
  );
}

interface Ops {
  /** Rows of length 1 [N, D], and one through the lengths [N, 1]. */
  forward(x: tf.Tensor2D): readonly [tf.Tensor2D, tf.Tensor2D];
  backward(dy: tf.Tensor2D, y: tf.Tensor2D, inverse: tf.Tensor2D): tf.Tensor;
}

const kernels: Ops = {
  forward(x) {
    const made = runKernel('ArcNormaliseRows', { x }, { smallest: SMALLEST_SQUARED_LENGTH });
    const [y, inverse] = made as tf.Tensor2D[]; // shapes as the kernel promises
    return [present(y, 'the rows'), present(inverse, 'the lengths')];
  },
  backward(dy, y, inverse) {
    return present(runKernel('ArcNormaliseRowsGrad', { dy, y, inverse }, {})[0], 'the gradient');
  },
};

/** The published operations, for backends without the kernels. */
const plain: Ops = {
  forward(x) {
    const squared = tf.sum(tf.square(x), 1, true); // [N,1]
    const inverse = tf.rsqrt(tf.maximum(squared, SMALLEST_SQUARED_LENGTH)) as tf.Tensor2D; // [N,1]
    return [tf.mul(x, inverse), inverse];
  },
  backward(dy, y, inverse) {
    const along = tf.sum(tf.mul(dy, y), 1, true); // [N,1]
    return tf.mul(tf.sub(dy, tf.mul(y, along)), inverse);
  },
};
