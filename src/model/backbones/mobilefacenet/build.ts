import * as tf from '@tensorflow/tfjs-layers';
import type { Random } from '../../../lib/random.ts';
import type { BackboneBuild } from '../backbone-build.ts';
import { normalise, seeded, seededDepthwise } from '../shared/layers.ts';
import type { meta } from './meta.ts';

/**
 * The bottlenecks of arXiv 1804.07573, table 1: channels between (`wide`), output channels c, repeats n, first stride s.
 */
const BOTTLENECKS = [
  { wide: 128, c: 64, n: 5, s: 2 },
  { wide: 256, c: 128, n: 1, s: 2 },
  { wide: 256, c: 128, n: 6, s: 1 },
  { wide: 512, c: 128, n: 1, s: 2 },
  { wide: 256, c: 128, n: 2, s: 1 },
] as const;

export interface MobileFaceNetOptions {
  /** Edge of the pictures in pixels; halved four times. */
  readonly inputSize: number;
  readonly embeddingSize: number;
  /** What the channels between the bottlenecks are multiplied by. */
  readonly width: 1 | 2;
}

interface Convolution {
  readonly name: string;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: 'same' | 'valid';
  /** One filter a channel; `filters` is then ignored. */
  readonly depthwise: boolean;
  /** PReLU behind the norm; false for linear. */
  readonly active: boolean;
}

/**
 * MobileFaceNet (Chen et al., arXiv 1804.07573, table 1): inverted residuals with PReLU, and a global
 * depthwise convolution in place of average pooling, so that the parts of the face keep their own weights. Its kernel is
 * as large as the map that is left: 7x7 of 112 pixels as in the paper, 4x4 of 64, 3x3 of 48, 2x2 of 32.
 *
 * Width 2 is insightface's `mbf` (arcface_torch, backbones/mobilefacenet.py: blocks 1, 4, 6, 2 and scale 2): twice the
 * channels in the stem and between the bottlenecks, as many as before inside of them and from conv3 on. It differs in
 * conv2, whose filters see pairs of channels there (groups of 2, which plain TensorFlow.js layers cannot train) and
 * single channels here, hence 1,152 weights fewer; and strides of 2 pad below and to the right as TensorFlow does.
 *
 * Parameters without the norms' moving averages, at 112 pixels: 1,003,136 at embeddingSize 128 and 1,036,032 at 192;
 * 2,058,368 with width 2 at 512. Multiplications a picture of 112 pixels: 221 million, 434 million with width 2; of 64,
 * 48 and 32 pixels 72, 41 and 18 million.
 *
 * [B, inputSize, inputSize, 3] -> [B, embeddingSize]
 */
export function mobileFaceNet(
  { inputSize, embeddingSize, width }: MobileFaceNetOptions,
  random: Random,
): tf.LayersModel {
  const input = tf.input({ shape: [inputSize, inputSize, 3] });
  const base = { kernel: 3, stride: 1, padding: 'same', depthwise: false, active: true } as const;

  function convolve(x: tf.SymbolicTensor, c: Convolution): tf.SymbolicTensor {
    const shared = {
      name: c.name,
      kernelSize: c.kernel,
      strides: c.stride,
      padding: c.padding,
      useBias: false, // the norm behind it has one
    };
    const layer = c.depthwise
      ? tf.layers.depthwiseConv2d({ ...shared, depthwiseInitializer: seededDepthwise(random, c.kernel) })
      : tf.layers.conv2d({ ...shared, filters: c.filters, kernelInitializer: seeded(random) });
    const names = { norm: `${c.name}_norm` };
    // A symbolic tensor in gives one out.
    const y = layer.apply(x) as tf.SymbolicTensor;
    return normalise(y, c.active ? { ...names, prelu: `${c.name}_prelu` } : names);
  }

  /** Widen, look around in each channel, narrow again without activation; add the input where shapes allow. */
  function bottleneck(
    x: tf.SymbolicTensor,
    name: string,
    channels: number,
    wide: number,
    c: number,
    stride: number,
  ): tf.SymbolicTensor {
    const one = { ...base, kernel: 1 };
    let y = convolve(x, { ...one, name: `${name}_expand`, filters: wide });
    y = convolve(y, { ...base, name: `${name}_depthwise`, filters: wide, stride, depthwise: true });
    y = convolve(y, { ...one, name: `${name}_project`, filters: c, active: false });
    if (stride !== 1 || channels !== c) return y;
    return tf.layers.add({ name: `${name}_add` }).apply([x, y]) as tf.SymbolicTensor;
  }

  let x = convolve(input, { ...base, name: 'conv1', filters: 64 * width, stride: 2 }); // [B,H/2,W/2,64 width]
  x = convolve(x, { ...base, name: 'conv2_depthwise', filters: 64 * width, depthwise: true });
  let channels = 64 * width;
  BOTTLENECKS.forEach(({ wide, c, n, s }, block) => {
    for (let i = 0; i < n; i++) {
      x = bottleneck(x, `block${block + 1}_${i + 1}`, channels, wide, c * width, i === 0 ? s : 1);
      channels = c * width;
    }
  }); // [B,H/16,W/16,128 width]
  x = convolve(x, { ...base, name: 'conv3', kernel: 1, filters: 512 }); // [B,H/16,W/16,512]
  const whole = { kernel: inputSize / 16, padding: 'valid', depthwise: true, active: false } as const;
  x = convolve(x, { ...base, ...whole, name: 'global_depthwise', filters: 512 }); // [B,1,1,512]
  x = tf.layers.flatten({ name: 'features' }).apply(x) as tf.SymbolicTensor; // [B,512]
  const embedding = tf.layers.dense({
    name: 'embedding',
    units: embeddingSize,
    useBias: false,
    kernelInitializer: seeded(random),
  });
  const output = normalise(embedding.apply(x) as tf.SymbolicTensor, { norm: 'embedding_norm' }); // [B,D]
  return tf.model({ inputs: input, outputs: output, name: 'mobilefacenet' });
}

export const build: BackboneBuild<typeof meta> = { create: mobileFaceNet };
