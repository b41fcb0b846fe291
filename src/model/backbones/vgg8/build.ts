import * as tf from '@tensorflow/tfjs-layers';
import type { Random } from '../../../lib/random.ts';
import type { BackboneBuild } from '../backbone-build.ts';
import { dropout } from '../shared/dropout.ts';
import { normalise, seeded } from '../shared/layers.ts';
import type { meta } from './meta.ts';

/** Filters of the pairs of convolutions; behind each pair the edge is halved. */
const FILTERS = [16, 32, 64] as const;

export interface Vgg8Options {
  /** Of one picture: height, width, channels. */
  readonly shape: readonly [number, number, number];
  readonly embeddingSize: number;
  /** Share of the features that a training step does without. */
  readonly dropout: number;
}

/**
 * The VGG-like network of the keras-arcface example: three pairs of 3x3 convolutions with batch-norm and ReLU, each
 * pair followed by 2x2 max-pooling; batch-norm, dropout, one dense layer, batch-norm. With 3 numbers as embedding its
 * digits can be drawn on a sphere. The convolutions and the dense layer have no bias here, as a norm follows each.
 *
 * Parameters without the norms' moving averages: 73,878 for 28x28x1 at embeddingSize 3; 138,096 for 32x32x3, 220,016
 * for 48x48x3, 334,704 for 64x64x3 and 875,376 for 112x112x3 at 64.
 * Multiplications a picture, in the same order of sizes in colour: 9.95, 22.4, 39.8 and 122 million.
 *
 * [B, height, width, channels] -> [B, embeddingSize]
 */
export function vgg8(options: Vgg8Options, random: Random): tf.LayersModel {
  const input = tf.input({ shape: [...options.shape] });
  // A symbolic tensor in gives one out.
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor) => layer.apply(x) as tf.SymbolicTensor;
  let x = input;
  FILTERS.forEach((filters, pair) => {
    for (const half of ['a', 'b']) {
      const name = `conv${pair + 1}${half}`;
      const convolution = tf.layers.conv2d({
        name,
        filters,
        kernelSize: 3,
        padding: 'same',
        useBias: false,
        kernelInitializer: seeded(random),
      });
      x = normalise(apply(convolution, x), { norm: `${name}_norm`, relu: `${name}_relu` });
    }
    x = apply(tf.layers.maxPooling2d({ name: `pool${pair + 1}`, poolSize: 2, strides: 2 }), x);
  }); // [B,H/8,W/8,64], rounded down
  x = normalise(x, { norm: 'features_norm' });
  x = dropout(x, { name: 'dropout', rate: options.dropout }, random);
  x = apply(tf.layers.flatten({ name: 'features' }), x);
  const embedding = tf.layers.dense({
    name: 'embedding',
    units: options.embeddingSize,
    useBias: false,
    kernelInitializer: seeded(random),
  });
  const output = normalise(apply(embedding, x), { norm: 'embedding_norm' }); // [B,D]
  return tf.model({ inputs: input, outputs: output, name: 'vgg8' });
}

export const build: BackboneBuild<typeof meta> = {
  create: (config, random) => vgg8({ ...config, shape: [config.inputSize, config.inputSize, 3] }, random),
};
