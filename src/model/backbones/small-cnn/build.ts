import * as tf from '@tensorflow/tfjs-layers';
import type { Random } from '../../../lib/random.ts';
import type { BackboneBuild } from '../backbone-build.ts';
import { normalise, seeded } from '../shared/layers.ts';
import type { meta } from './meta.ts';

/** Channels after each halving; the last repeats. */
const CHANNELS = [16, 32, 64, 64] as const;
/** Halving stops here: 32 -> 4, 48 -> 6, 64 -> 4, 112 -> 7. */
const SMALLEST_MAP = 7;

/**
 * A few strided 3x3 convolutions, each with batch-norm and PReLU, then one dense layer with batch-norm: for
 * small pictures and slow machines. All halving is done by the convolutions, so most work is at small sizes:
 * 0.8 million multiplications a picture at 32x32, 3.5 million at 64x64.
 *
 * Parameters at embeddingSize 64, without the norms' moving averages: 89,472 at 32x32; 171,392 at 48x48; 126,528
 * at 64x64; 261,696 at 112x112. Most are in the dense layer, which reads the last map whole (as ArcFace's own
 * heads do: where a feature lies matters in a face).
 *
 * [B, inputSize, inputSize, 3] -> [B, embeddingSize]
 */
export function smallCnn(inputSize: number, embeddingSize: number, random: Random): tf.LayersModel {
  const input = tf.input({ shape: [inputSize, inputSize, 3] });
  let x = input;
  const apply = (layer: tf.layers.Layer): void => {
    x = layer.apply(x) as tf.SymbolicTensor; // a symbolic tensor in gives one out
  };
  let size = inputSize;
  for (let stage = 1; size > SMALLEST_MAP; stage++) {
    size = Math.ceil(size / 2);
    const filters = CHANNELS[Math.min(stage, CHANNELS.length) - 1] ?? 64;
    apply(
      tf.layers.conv2d({
        name: `conv${stage}`,
        filters,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        useBias: false, // the norm behind it has one
        kernelInitializer: seeded(random),
      }),
    );
    x = normalise(x, { norm: `norm${stage}`, prelu: `prelu${stage}` });
  }
  apply(tf.layers.flatten({ name: 'features' }));
  apply(
    tf.layers.dense({
      name: 'embedding',
      units: embeddingSize,
      useBias: false,
      kernelInitializer: seeded(random),
    }),
  );
  const output = normalise(x, { norm: 'embedding_norm' });
  return tf.model({ inputs: input, outputs: output, name: 'small_cnn' });
}

export const build: BackboneBuild<typeof meta> = {
  create: ({ inputSize, embeddingSize }, random) => smallCnn(inputSize, embeddingSize, random),
};
