import * as tf from '@tensorflow/tfjs-layers';
import type { Random } from '../../../lib/random.ts';
import { dropout } from './dropout.ts';
import { fusePadding } from './fused-padding.ts';
import { type NormOptions, normalise, seeded } from './layers.ts';

/** Channels of the four stages; each halves the edge: 112 -> 56 -> 28 -> 14 -> 7 and 32 -> 16 -> 8 -> 4 -> 2. */
const CHANNELS = [64, 128, 256, 512] as const;
/** Blocks in each stage. */
const BLOCKS = { 18: [2, 2, 2, 2], 50: [3, 4, 14, 3] } as const;
/** PyTorch's, which insightface's weights were trained with. */
const EPSILON = 1e-5;

export interface IResNetOptions {
  readonly depth: keyof typeof BLOCKS;
  /** Edge of the pictures in pixels; halved four times. */
  readonly inputSize: number;
  readonly embeddingSize: number;
  /** Share of the features that a training step does without. */
  readonly dropout: number;
}

/**
 * The improved residual network that ArcFace's paper trains (arXiv 1801.07698, section 3.1; blocks after Han et al.,
 * arXiv 1610.02915), in the form of insightface's arcface_torch, backbones/iresnet.py: a stem that keeps the size; blocks
 * of norm, 3x3 convolution, norm, PReLU, 3x3 convolution, norm, the first of each stage with stride 2 and with a 1x1
 * convolution and a norm in its shortcut; norm, dropout, a dense layer and a norm whose factor stays 1.
 *
 * Parameters at embeddingSize 512 for 112 pixels, without the norms' moving averages: 24,025,600 at depth 18, 43,590,848
 * at depth 50, as PyTorch counts them; 512 of these, the factors of the last norm, are not trained, there as here.
 * Multiplications a picture: 2,610 and 6,310 million. Smaller pictures leave fewer features (4x4, 3x3, 2x2 instead of
 * 7x7 places) to the dense layer; at 32 pixels: 12,229,120 and 31,794,368 parameters, 213 and 515 million multiplications.
 *
 * Strides of 2 pad with one zero on every side as PyTorch does (TensorFlow's `same` would look one pixel further), so
 * weights from there fit: kernels transposed from [out, in, y, x] to [y, x, in, out], and the dense kernel's rows from
 * the order channel, y, x to y, x, channel.
 *
 * [B, inputSize, inputSize, 3] -> [B, embeddingSize]
 */
export function iresNet(options: IResNetOptions, random: Random): tf.LayersModel {
  const input = tf.input({ shape: [options.inputSize, options.inputSize, 3] });
  // A symbolic tensor in gives one out.
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor) => layer.apply(x) as tf.SymbolicTensor;
  const norm = (x: tf.SymbolicTensor, names: NormOptions): tf.SymbolicTensor =>
    normalise(x, { ...names, epsilon: EPSILON });

  function convolve(
    x: tf.SymbolicTensor,
    name: string,
    filters: number,
    { kernel, stride }: { readonly kernel: 1 | 3; readonly stride: 1 | 2 },
  ): tf.SymbolicTensor {
    const padded = kernel === 3 && stride === 2;
    const layer = tf.layers.conv2d({
      name,
      filters,
      kernelSize: kernel,
      strides: stride,
      padding: stride === 1 ? 'same' : 'valid',
      useBias: false, // the norm behind it has one
      kernelInitializer: seeded(random),
    });
    if (!padded) return apply(layer, x);
    const padding = tf.layers.zeroPadding2d({ name: `${name}_pad`, padding: 1 });
    const y = apply(layer, apply(padding, x));
    fusePadding(padding, layer, 1, stride);
    return y;
  }

  function block(x: tf.SymbolicTensor, name: string, channels: number, stride: 1 | 2): tf.SymbolicTensor {
    let y = norm(x, { norm: `${name}_norm1` });
    y = convolve(y, `${name}_conv1`, channels, { kernel: 3, stride: 1 });
    y = norm(y, { norm: `${name}_norm2`, prelu: `${name}_prelu` });
    y = convolve(y, `${name}_conv2`, channels, { kernel: 3, stride });
    y = norm(y, { norm: `${name}_norm3` });
    let shortcut = x;
    if (stride === 2) {
      shortcut = convolve(x, `${name}_shortcut`, channels, { kernel: 1, stride });
      shortcut = norm(shortcut, { norm: `${name}_shortcut_norm` });
    }
    return tf.layers.add({ name: `${name}_add` }).apply([y, shortcut]) as tf.SymbolicTensor;
  }

  let x = convolve(input, 'conv1', 64, { kernel: 3, stride: 1 }); // [B,H,W,64]
  x = norm(x, { norm: 'conv1_norm', prelu: 'conv1_prelu' });
  CHANNELS.forEach((channels, stage) => {
    const blocks = BLOCKS[options.depth][stage] ?? 0;
    for (let i = 0; i < blocks; i++) {
      x = block(x, `stage${stage + 1}_${i + 1}`, channels, i === 0 ? 2 : 1);
    }
  }); // [B,H/16,W/16,512]
  x = norm(x, { norm: 'features_norm' });
  x = apply(tf.layers.flatten({ name: 'features' }), x); // [B,512 H/16 W/16]
  x = dropout(x, { name: 'dropout', rate: options.dropout }, random);
  const embedding = tf.layers.dense({
    name: 'embedding',
    units: options.embeddingSize,
    kernelInitializer: seeded(random),
  });
  const output = norm(apply(embedding, x), { norm: 'embedding_norm', fixedScale: true }); // [B,D]
  return tf.model({ inputs: input, outputs: output, name: `iresnet_${options.depth}` });
}
