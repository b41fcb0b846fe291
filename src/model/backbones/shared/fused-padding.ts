import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { present } from '../../../lib/assert.ts';

type Layer = layers.Layer;

/**
 * Makes a convolution layer do the work of the zero-padding layer in front of it, whose call then passes its input on:
 * a padded copy of a whole batch, and cutting its gradient, take longer than the few zeros are worth. Elsewhere, e.g.
 * when saved, both are the library's ordinary layers.
 *
 * Only for a two-dimensional convolution without bias and activation, channels last, with padding `valid`, and for a
 * padding layer whose output nothing else reads.
 *
 * @param pixels zeros on each of the four sides
 */
export function fusePadding(padding: Layer, convolution: Layer, pixels: number, stride: number): void {
  padding.call = (inputs) => inputs;
  convolution.call = (inputs) => {
    const x = Array.isArray(inputs) ? present(inputs[0], 'the input of a convolution') : inputs;
    const kernel = present(convolution.weights[0], `kernel of layer ${convolution.name}`).read();
    const sides: [number, number] = [pixels, pixels];
    // The layer's own shape checks see to the ranks.
    return tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, [[0, 0], sides, sides, [0, 0]]);
  };
}
