import * as tf from '@tensorflow/tfjs-core';

/**
 * Gradients shortened together where they are too long (Pascanu et al., arXiv 1211.5063, algorithm 1):
 *
 *   g <- g min(1, longest / |g|),   |g| = sqrt(sum of the squares of all entries of all gradients).
 *
 * Nothing is read back from the backend. A gradient that is not finite stays so. (Stacked, not tf.addN: the kernel of the
 * WebGPU backend takes no more tensors than a shader has bindings, eight or ten, and for more gives back what lies there.)
 *
 * @param grads disposed of, unless they are given back
 * @param longest 0: gradients stay as they are
 */
export function clipGlobalNorm(grads: tf.NamedTensorMap, longest: number): tf.NamedTensorMap {
  if (longest === 0) return grads;
  const clipped = tf.tidy(() => {
    const squares = Object.values(grads).map((gradient) => tf.sum(tf.square(gradient)));
    const length = tf.sqrt(tf.sum(tf.stack(squares)));
    const factor = tf.minimum(1, tf.div(longest, tf.maximum(length, 1e-30)));
    return Object.fromEntries(
      Object.entries(grads).map(([name, gradient]) => [name, tf.mul(gradient, factor)]),
    );
  });
  tf.dispose(grads);
  return clipped;
}
