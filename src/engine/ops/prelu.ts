import * as tf from '@tensorflow/tfjs-core';
import { present } from '../../lib/assert.ts';
import { hasKernel, runKernel } from './custom-kernels.ts';

/**
 * The gradient of PReLU (He et al., arXiv 1502.01852, equation 8), y = x where x > 0, alpha x elsewhere:
 *
 *   dx = dy where x > 0, alpha dy elsewhere;  dalpha = sum dy min(x, 0) over what shares a slope.
 *
 * Registered in place of the library's, which takes nine passes over memory, so that every PReLU layer uses it, those of
 * loaded models included. Call it once, before anything is differentiated.
 */
export function registerPreluGradient(): void {
  tf.registerGradient({
    kernelName: 'Prelu',
    inputsToSave: ['x', 'alpha'],
    gradFunc: (given, saved) => {
      const dy = Array.isArray(given) ? present(given[0], 'the gradient') : given;
      const [x, alpha] = [present(saved[0], 'the saved input'), present(saved[1], 'the saved slopes')];
      // Here and not in the two functions, each of which would discard the other's result.
      const fits = perChannel(x, alpha) && hasKernel('ArcPreluGrad');
      const [dx, dalpha] = tf.tidy(() => [...(fits ? fused : plain)(dy, x, alpha)]);
      return {
        x: () => present(dx, 'the gradient of the input'),
        alpha: () => present(dalpha, 'the gradient of the slopes'),
      };
    },
  });
}

/** True where the slopes are one a channel: [C] or [1, .., C]. */
const perChannel = (x: tf.Tensor, alpha: tf.Tensor): boolean =>
  x.dtype === 'float32' && alpha.size === x.shape.at(-1) && alpha.shape.at(-1) === alpha.size;

const fused = (dy: tf.Tensor, x: tf.Tensor, alpha: tf.Tensor): readonly tf.Tensor[] =>
  runKernel('ArcPreluGrad', { dy, x, alpha }, {});

/** The published operations, for backends without the kernel and slopes that are shared otherwise. */
function plain(dy: tf.Tensor, x: tf.Tensor, alpha: tf.Tensor): readonly tf.Tensor[] {
  const dx = tf.where(tf.greater(x, 0), dy, tf.mul(dy, alpha));
  const slopes = tf.mul(dy, tf.minimum(x, 0)); // as x
  const padded = [...Array<number>(x.rank - alpha.rank).fill(1), ...alpha.shape];
  const shared = padded.flatMap((length, axis) => (length === 1 ? [axis] : []));
  return [dx, tf.reshape(tf.sum(slopes, shared), alpha.shape)];
}
