import * as tf from '@tensorflow/tfjs-layers';
import type { Random } from '../../lib/random.ts';
import { fuseNorm } from './fused-norm.ts';

/**
 * Batch-norm. Momentum 0.9 and not the library's 0.99: a run on a few hundred photos has a few hundred steps,
 * and the moving averages that are used outside training must have forgotten their start by then.
 */
export const NORM = { momentum: 0.9, epsilon: 1e-3 } as const;

/** He's initialisation (arXiv 1502.01852, equation 10) with the next seed of the stream. */
export const seeded = (random: Random): ReturnType<typeof tf.initializers.heNormal> =>
  tf.initializers.heNormal({ seed: random.below(2 ** 31) });

/** Names of a norm and of the PReLU behind it; without the latter it is linear. */
export interface NormNames {
  readonly norm: string;
  readonly prelu?: string;
}

/**
 * Batch-norm behind a convolution or a dense layer, and PReLU behind it where it is named: one slope a channel,
 * starting at 0.25 (arXiv 1502.01852, section 2.1). The library's own layers, computed as one in training.
 */
export function normalise(x: tf.SymbolicTensor, { norm, prelu }: NormNames): tf.SymbolicTensor {
  const layer = tf.layers.batchNormalization({ ...NORM, name: norm });
  const activation =
    prelu === undefined
      ? null
      : tf.layers.prelu({
          name: prelu,
          sharedAxes: [1, 2],
          alphaInitializer: tf.initializers.constant({ value: 0.25 }),
        });
  fuseNorm(layer, activation, NORM);
  // A symbolic tensor in gives one out.
  const normed = layer.apply(x) as tf.SymbolicTensor;
  return activation ? (activation.apply(normed) as tf.SymbolicTensor) : normed;
}
