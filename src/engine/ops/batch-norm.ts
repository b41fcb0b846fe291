import * as tf from '@tensorflow/tfjs-core';
import { present } from '../../lib/assert.ts';
import { ensureUnshared, hasKernel, runKernel } from './custom-kernels.ts';
import { customOpOf } from './custom-op.ts';

export interface BatchNorm {
  /** As x. */
  readonly y: tf.Tensor;
  /** [C] */
  readonly mean: tf.Tensor;
  /** [C], of the population: divided by the count, not by one less. */
  readonly variance: tf.Tensor;
}

/**
 * Batch normalisation with the batch's own statistics (Ioffe & Szegedy, arXiv 1502.03167, algorithm 1), and PReLU
 * (arXiv 1502.01852) behind it:
 *
 *   x^ = (x - mean) / sqrt(variance + epsilon),  z = gamma x^ + beta,  y = z where z > 0, alpha z elsewhere.
 *
 * With dz = dy where z > 0, alpha dy elsewhere, and sums over the N rows of a channel:
 *
 *   dalpha = sum dy min(z, 0),  dbeta = sum dz,  dgamma = sum dz x^,
 *   dx = gamma / sqrt(variance + epsilon) (dz - dbeta / N - x^ dgamma / N).
 *
 * Gradients flow through y only: mean and variance are for moving averages, which move along if they are given.
 *
 * @param x [..., C], rank 2 or more
 * @param gamma [C]
 * @param beta [C]
 * @param alpha [C] or [1, ..., C]; null for linear
 */
export function batchNormTraining(
  x: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  alpha: tf.Tensor | null,
  epsilon: number,
  moving?: Moving,
): BatchNorm {
  const along = moving !== undefined && hasKernel('ArcBatchNormMoving') && x.dtype === 'float32';
  const ops = hasKernel('ArcBatchNorm') && x.dtype === 'float32' ? kernels : plain;
  const kept: tf.Tensor[] = [];
  const y = customOpOf<tf.Tensor>(
    alpha ? [x, gamma, beta, alpha] : [x, gamma, beta],
    () => {
      const made = along
        ? movingForward({ x, gamma, beta, alpha }, epsilon, moving)
        : ops.forward({ x, gamma, beta, alpha }, epsilon);
      kept.push(tf.keep(made.mean), tf.keep(made.variance));
      const saved = [x, gamma, beta, made.mean, made.variance];
      return { value: made.y, saved: alpha ? [...saved, alpha] : saved };
    },
    (dy, [input, scale, shift, mean, variance, slope]) => {
      const inputs = {
        x: present(input, 'the saved input'),
        gamma: present(scale, 'the saved factor'),
        beta: present(shift, 'the saved shift'),
        alpha: slope ?? null,
      };
      const statistics = {
        mean: present(mean, 'the saved mean'),
        variance: present(variance, 'the saved variance'),
      };
      return ops.backward(dy, inputs, statistics, epsilon);
    },
  );
  // Kept tensors belong to no tidy: clones (of the handle, not of the numbers) belong to the caller's.
  const [mean, variance] = kept.map((tensor) => tensor.clone());
  tf.dispose(kept);
  const batch = { mean: present(mean, 'the mean'), variance: present(variance, 'the variance') };
  if (moving && !along) moveAverages(moving, batch);
  return { y, ...batch };
}

interface Inputs {
  readonly x: tf.Tensor;
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
  readonly alpha: tf.Tensor | null;
}

interface Ops {
  forward(inputs: Inputs, epsilon: number): BatchNorm;
  /** Gradients for x, gamma, beta, and alpha if there is one. */
  backward(dy: tf.Tensor, inputs: Inputs, statistics: Omit<BatchNorm, 'y'>, epsilon: number): tf.Tensor[];
}

const named = ({ x, gamma, beta, alpha }: Inputs): tf.NamedTensorMap =>
  alpha ? { x, gamma, beta, alpha } : { x, gamma, beta };

const batchNormOf = ([y, mean, variance]: readonly tf.Tensor[]): BatchNorm => ({
  y: present(y, 'y'),
  mean: present(mean, 'the mean'),
  variance: present(variance, 'the variance'),
});

/** The forward pass by a kernel that moves the averages along. */
function movingForward(inputs: Inputs, epsilon: number, { mean, variance, momentum }: Moving): BatchNorm {
  const averages = { movingMean: ensureUnshared(mean), movingVariance: ensureUnshared(variance) };
  const rate = 1 - momentum;
  return batchNormOf(runKernel('ArcBatchNormMoving', { ...named(inputs), ...averages }, { epsilon, rate }));
}

const kernels: Ops = {
  forward: (inputs, epsilon) => batchNormOf(runKernel('ArcBatchNorm', named(inputs), { epsilon })),
  backward(dy, inputs, { mean, variance }, epsilon) {
    return runKernel('ArcBatchNormGrad', { dy, mean, variance, ...named(inputs) }, { epsilon });
  },
};

/** All axes but the last. */
const outerAxes = ({ rank }: tf.Tensor): number[] => Array.from({ length: rank - 1 }, (_, i) => i);

/** The published operations, for backends without the kernels. */
const plain: Ops = {
  forward({ x, gamma, beta, alpha }, epsilon) {
    const { mean, variance } = tf.moments(x, outerAxes(x)); // [C], [C]
    const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, epsilon))); // [C]
    const z = tf.add(tf.mul(tf.sub(x, mean), scale), beta); // as x
    return { y: alpha ? tf.prelu(z, tf.reshape(alpha, [-1])) : z, mean, variance };
  },
  backward(dy, { x, gamma, beta, alpha }, { mean, variance }, epsilon) {
    const axes = outerAxes(x);
    const rows = x.size / mean.size;
    const inverse = tf.rsqrt(tf.add(variance, epsilon)); // [C]
    const normal = tf.mul(tf.sub(x, mean), inverse); // as x
    const slopes: tf.Tensor[] = [];
    let dz = dy;
    if (alpha) {
      const z = tf.add(tf.mul(normal, gamma), beta); // as x
      slopes.push(tf.reshape(tf.sum(tf.mul(dy, tf.minimum(z, 0)), axes), alpha.shape));
      dz = tf.where(tf.greater(z, 0), dy, tf.mul(dy, tf.reshape(alpha, [-1])));
    }
    const dbeta = tf.sum(dz, axes); // [C]
    const dgamma = tf.sum(tf.mul(dz, normal), axes); // [C]
    const common = tf.add(tf.mul(normal, tf.div(dgamma, rows)), tf.div(dbeta, rows)); // as x
    const dx = tf.mul(tf.sub(dz, common), tf.mul(gamma, inverse));
    return [dx, dgamma, dbeta, ...slopes];
  },
};

/** Moving averages of a batch-norm: m <- m - (1 - momentum) (m - value) with the values of a batch. */
export interface Moving {
  readonly mean: tf.Variable;
  readonly variance: tf.Variable;
  readonly momentum: number;
}

function moveAverages({ mean, variance, momentum }: Moving, batch: Omit<BatchNorm, 'y'>): void {
  const rate = 1 - momentum;
  if (hasKernel('ArcMovingAverage')) {
    const averages = { mean: ensureUnshared(mean), variance: ensureUnshared(variance) };
    runKernel('ArcMovingAverage', { ...averages, ofMean: batch.mean, ofVariance: batch.variance }, { rate });
    return;
  }
  tf.tidy(() => {
    mean.assign(tf.sub(mean, tf.mul(tf.sub(mean, batch.mean), rate)));
    variance.assign(tf.sub(variance, tf.mul(tf.sub(variance, batch.variance), rate)));
  });
}
