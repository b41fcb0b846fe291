import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { present } from '../../../lib/assert.ts';

type Layer = layers.Layer;

/** A convolution whose bias and activation can be computed with it. */
const convolution = z.object({
  strides: z.tuple([z.number(), z.number()]),
  padding: z.enum(['same', 'valid']),
  dataFormat: z.literal('channelsLast'),
  dilationRate: z.tuple([z.literal(1), z.literal(1)]),
  useBias: z.literal(true),
  activation: z.literal('linear'),
});
/** A PReLU with one slope a channel. */
const prelu = z.object({ sharedAxes: z.tuple([z.literal(1), z.literal(2)]) });
const relu = z.object({ maxValue: z.null().optional() });

const OPERATIONS = { Conv2D: tf.fused.conv2d, DepthwiseConv2D: tf.fused.depthwiseConv2d } as const;

/**
 * Makes each convolution of a network compute the PReLU or ReLU behind it, whose call then passes its input on: in
 * inference one pass over memory instead of three (convolution, bias, activation), with the same numbers. Under a gradient
 * and when saved all are the library's ordinary operations and layers.
 *
 * Convolutions without a bias, with something else behind them or read more than once, stay as they are.
 */
export function fuseConvolutions(network: LayersModel): void {
  const outputs = new Set(network.outputs.map(({ sourceLayer }) => sourceLayer));
  for (const layer of network.layers) {
    const [reader, ...others] = layer.outboundNodes.map(({ outboundLayer }) => outboundLayer);
    if (reader && others.length === 0 && !outputs.has(layer)) fuse(layer, reader);
  }
}

function fuse(layer: Layer, activation: Layer): void {
  const name = layer.getClassName();
  if (name !== 'Conv2D' && name !== 'DepthwiseConv2D') return;
  const kind = kindOf(activation);
  const config = convolution.safeParse(layer.getConfig());
  if (!kind || !config.success || activation.inboundNodes.length !== 1) return;
  const { strides, padding: pad } = config.data;
  const operation = OPERATIONS[name];
  layer.call = (inputs) =>
    tf.tidy(() => {
      const x = Array.isArray(inputs) ? present(inputs[0], 'the input of a convolution') : inputs;
      const [filter, bias] = layer.weights.map((weight) => weight.read());
      const slopes = activation.weights.map((weight) => tf.reshape(weight.read(), [-1]))[0]; // [C]
      return operation({
        x: x as tf.Tensor4D, // the layer's own shape checks see to the ranks
        filter: present(filter, `kernel of layer ${layer.name}`) as tf.Tensor4D,
        strides,
        pad,
        bias: present(bias, `bias of layer ${layer.name}`),
        activation: kind,
        ...(slopes && { preluActivationWeights: slopes }),
      });
    });
  activation.call = (inputs) => inputs;
}

function kindOf(layer: Layer): 'prelu' | 'relu' | null {
  const name = layer.getClassName();
  if (name === 'PReLU' && prelu.safeParse(layer.getConfig()).success) return 'prelu';
  return name === 'ReLU' && relu.safeParse(layer.getConfig()).success ? 'relu' : null;
}
