import * as tf from '@tensorflow/tfjs-layers';
import type { Random } from '../../lib/random.ts';

/**
 * Batch-norm. Momentum 0.9 and not the library's 0.99: a run on a few hundred photos has a few hundred steps,
 * and the moving averages that are used outside training must have forgotten their start by then.
 */
export const NORM = { momentum: 0.9, epsilon: 1e-3 } as const;

/** He's initialisation (arXiv 1502.01852, equation 10) with the next seed of the stream. */
export const seeded = (random: Random): ReturnType<typeof tf.initializers.heNormal> =>
  tf.initializers.heNormal({ seed: random.below(2 ** 31) });

/** PReLU with one slope a channel, starting at 0.25 (arXiv 1502.01852, section 2.1). */
export const prelu = (name: string): tf.layers.Layer =>
  tf.layers.prelu({
    name,
    sharedAxes: [1, 2],
    alphaInitializer: tf.initializers.constant({ value: 0.25 }),
  });
