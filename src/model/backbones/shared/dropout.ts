import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { perStep } from '../../../engine/ops/per-step.ts';
import { present } from '../../../lib/assert.ts';
import type { Random } from '../../../lib/random.ts';

/**
 * Dropout (Srivastava et al., JMLR 15, 2014): in training each number is set to 0 with probability `rate` and
 * divided by 1 - rate otherwise; nothing happens outside training.
 *
 * The layer is the library's own, and saved as such, but its masks are drawn here: the library starts its generator
 * anew from the seed at every call, so that a seeded layer drops the same numbers in every step.
 *
 * @param random masks come from a stream of its own, forked by the layer's name
 */
export function dropout(
  x: tfl.SymbolicTensor,
  { name, rate }: { readonly name: string; readonly rate: number },
  random: Random,
): tfl.SymbolicTensor {
  const layer = tfl.layers.dropout({ name, rate });
  seedMasks(layer, random);
  return layer.apply(x) as tfl.SymbolicTensor; // a symbolic tensor in gives one out
}

/** Makes a layer of the library draw its masks from `random`, forked by its name. */
export function seedMasks(layer: tfl.layers.Layer, random: Random): void {
  const { rate: share, noiseShape } = layer.getConfig();
  const rate = Number(share);
  const ordinary = layer.call.bind(layer);
  const masks = random.fork(layer.name);
  layer.call = (inputs, kwargs) => {
    if (kwargs['training'] !== true || rate === 0) return ordinary(inputs, kwargs);
    return tf.tidy(() => {
      const values = Array.isArray(inputs) ? present(inputs[0], 'the input of a layer') : inputs;
      // One draw for a whole channel where the layer says so (Keras' SpatialDropout2D).
      const shape = values.shape.map((size, i) =>
        Array.isArray(noiseShape) && noiseShape[i] === 1 ? 1 : size,
      );
      return tf.mul(
        values,
        perStep(shape, () => mask(sizeOf(shape), rate, masks)),
      );
    });
  };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function mask(size: number, rate: number, random: Random): Float32Array {
  const factors = new Float32Array(size);
  const kept = 1 / (1 - rate);
  for (let i = 0; i < size; i++) factors[i] = random.next() < rate ? 0 : kept;
  return factors;
}
