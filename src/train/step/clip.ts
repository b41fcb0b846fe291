import * as tf from '@tensorflow/tfjs-core';

/**
 * Gradient clipping by the global norm (Pascanu et al., arXiv 1211.5063, algorithm 1):
 *
 *   g <- g min(1, maxNorm / |g|),   |g| = sqrt(sum of the squares of all entries of all gradients).
 *
 * Nothing is read back from the backend. A gradient that is not finite stays so. (Stacked, not tf.addN: the kernel of the
 * WebGPU backend takes no more tensors than a shader has bindings, eight or ten, and for more returns uninitialised memory.)
 *
 * @param grads disposed of, unless they are given back
 * @param maxNorm 0: no clipping
 */
export function clipGlobalNorm(grads: tf.NamedTensorMap, maxNorm: number): tf.NamedTensorMap {
  if (maxNorm === 0) return grads;
  const clipped = tf.tidy(() => {
    const squares = Object.values(grads).map((gradient) => tf.sum(tf.square(gradient)));
    const length = tf.sqrt(tf.sum(tf.stack(squares)));
    const factor = tf.minimum(1, tf.div(maxNorm, tf.maximum(length, 1e-30)));
    return Object.fromEntries(
      Object.entries(grads).map(([name, gradient]) => [name, tf.mul(gradient, factor)]),
    );
  });
  tf.dispose(grads);
  return clipped;
}
