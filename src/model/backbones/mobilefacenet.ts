import * as tf from '@tensorflow/tfjs-layers';
import type { Random } from '../../lib/random.ts';
import { normalise, seeded } from './layers.ts';

/** The bottlenecks of arXiv 1804.07573, table 1: expansion t, output channels c, repeats n, first stride s. */
const BOTTLENECKS = [
  { t: 2, c: 64, n: 5, s: 2 },
  { t: 4, c: 128, n: 1, s: 2 },
  { t: 2, c: 128, n: 6, s: 1 },
  { t: 4, c: 128, n: 1, s: 2 },
  { t: 2, c: 128, n: 2, s: 1 },
] as const;

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
 * depthwise convolution in place of average pooling, so that the parts of the face keep their own weights.
 *
 * Parameters without the norms' moving averages: 1,003,136 at embeddingSize 128; 1,036,032 at 192.
 *
 * [B, 112, 112, 3] -> [B, embeddingSize]
 */
export function mobileFaceNet(embeddingSize: number, random: Random): tf.LayersModel {
  const input = tf.input({ shape: [112, 112, 3] });
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
      ? tf.layers.depthwiseConv2d({ ...shared, depthwiseInitializer: seeded(random) })
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
    c: number,
    t: number,
    stride: number,
  ): tf.SymbolicTensor {
    const one = { ...base, kernel: 1 };
    let y = convolve(x, { ...one, name: `${name}_expand`, filters: channels * t });
    y = convolve(y, { ...base, name: `${name}_depthwise`, filters: channels * t, stride, depthwise: true });
    y = convolve(y, { ...one, name: `${name}_project`, filters: c, active: false });
    if (stride !== 1 || channels !== c) return y;
    return tf.layers.add({ name: `${name}_add` }).apply([x, y]) as tf.SymbolicTensor;
  }

  let x = convolve(input, { ...base, name: 'conv1', filters: 64, stride: 2 }); // [B,56,56,64]
  x = convolve(x, { ...base, name: 'conv2_depthwise', filters: 64, depthwise: true });
  let channels = 64;
  BOTTLENECKS.forEach(({ t, c, n, s }, block) => {
    for (let i = 0; i < n; i++) {
      x = bottleneck(x, `block${block + 1}_${i + 1}`, channels, c, t, i === 0 ? s : 1);
      channels = c;
    }
  }); // [B,7,7,128]
  x = convolve(x, { ...base, name: 'conv3', kernel: 1, filters: 512 }); // [B,7,7,512]
  const whole = { kernel: 7, padding: 'valid', depthwise: true, active: false } as const;
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
