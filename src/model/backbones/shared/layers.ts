import * as tf from '@tensorflow/tfjs-layers';
import type { Random } from '../../../lib/random.ts';
import { fuseNorm } from './fused-norm.ts';

/**
 * Batch-norm. Momentum 0.9 and not the library's 0.99: a run on a few hundred photos has a few hundred steps,
 * and the moving averages that are used outside training must have forgotten their start by then.
 */
export const NORM = { momentum: 0.9, epsilon: 1e-3 } as const;

/** He's initialisation (arXiv 1502.01852, equation 10) with the next seed of the stream. */
export const seeded = (random: Random): ReturnType<typeof tf.initializers.heNormal> =>
  tf.initializers.heNormal({ seed: random.below(2 ** 31) });

/**
 * The same for depthwise kernels: a filter sees kernel x kernel numbers of one channel. The library's own initialiser
 * would count those of all channels, and filters so much too small let the first steps turn them right round.
 */
export const seededDepthwise = (
  random: Random,
  kernel: number,
): ReturnType<typeof tf.initializers.truncatedNormal> =>
  tf.initializers.truncatedNormal({
    mean: 0,
    stddev: Math.sqrt(2 / kernel ** 2),
    seed: random.below(2 ** 31),
  });

/** A norm, and the activation behind it where one is named; without one it is linear. */
export interface NormOptions {
  readonly norm: string;
  /** Name of a PReLU behind the norm. */
  readonly prelu?: string;
  /** Name of a ReLU behind the norm, instead. */
  readonly relu?: string;
  /** {@link NORM}'s if not given. */
  readonly epsilon?: number;
  /**
   * For a norm whose factor gamma stays 1. It stays a weight, though one that is not trained: the library cannot train
   * a norm that has none.
   */
  readonly fixedScale?: boolean;
}

/**
 * Batch-norm, and behind it PReLU (one slope a channel, starting at 0.25: arXiv 1502.01852, section 2.1) or ReLU where
 * it is named. The library's own layers, computed as one in training.
 */
export function normalise(
  x: tf.SymbolicTensor,
  { norm, prelu, relu, epsilon = NORM.epsilon, fixedScale = false }: NormOptions,
): tf.SymbolicTensor {
  const settings = { momentum: NORM.momentum, epsilon };
  const layer = tf.layers.batchNormalization({ ...settings, name: norm });
  const activation = activationLayer(prelu, relu);
  fuseNorm(layer, activation, settings);
  // A symbolic tensor in gives one out.
  const normed = layer.apply(x) as tf.SymbolicTensor;
  for (const weight of fixedScale ? layer.weights : []) {
    if (weight.originalName.endsWith('/gamma')) weight.trainable = false;
  }
  return activation ? (activation.apply(normed) as tf.SymbolicTensor) : normed;
}

function activationLayer(prelu: string | undefined, relu: string | undefined): tf.layers.Layer | null {
  if (prelu !== undefined) {
    return tf.layers.prelu({
      name: prelu,
      sharedAxes: [1, 2],
      alphaInitializer: tf.initializers.constant({ value: 0.25 }),
    });
  }
  return relu === undefined ? null : tf.layers.reLU({ name: relu });
}
