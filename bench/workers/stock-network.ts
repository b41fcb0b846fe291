import * as tf from '@tensorflow/tfjs-layers';
import type { Convolution, Plan } from '../plan.ts';

/** The network of a plan in published layers: [B, size, size, 3] -> [B, embedding]. */
export function stockNetwork({ blocks, embedding }: Plan, size: number): tf.LayersModel {
  const norm = (): tf.layers.Layer => tf.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-3 });
  // A symbolic tensor in gives one out, here and below.
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]): tf.SymbolicTensor =>
    layer.apply(x) as tf.SymbolicTensor;

  function convolve(x: tf.SymbolicTensor, c: Convolution): tf.SymbolicTensor {
    const shared = { kernelSize: c.kernel, strides: c.stride, padding: c.padding, useBias: false };
    const layer = c.depthwise
      ? tf.layers.depthwiseConv2d({ ...shared, depthwiseInitializer: 'heNormal' })
      : tf.layers.conv2d({ ...shared, filters: c.channelsOut, kernelInitializer: 'heNormal' });
    const normed = apply(norm(), apply(layer, x));
    if (!c.active) return normed;
    const alphaInitializer = tf.initializers.constant({ value: 0.25 });
    return apply(tf.layers.prelu({ sharedAxes: [1, 2], alphaInitializer }), normed);
  }

  const input = tf.input({ shape: [size, size, 3] });
  let x = input;
  for (const { convolutions, residual } of blocks) {
    const y = convolutions.reduce(convolve, x);
    x = residual ? apply(tf.layers.add(), [x, y]) : y;
  }
  const flat = apply(tf.layers.flatten(), x);
  const dense = tf.layers.dense({ units: embedding, useBias: false, kernelInitializer: 'heNormal' });
  return tf.model({ inputs: input, outputs: apply(norm(), apply(dense, flat)) });
}
