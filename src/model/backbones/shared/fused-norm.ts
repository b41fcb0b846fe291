import * as tf from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { batchNormTraining } from '../../../engine/ops/batch-norm.ts';
import { present } from '../../../lib/assert.ts';

type Layer = layers.Layer;

/** What norms have already put through the PReLU that follows them. */
const activated = new WeakSet<tf.Tensor>();

/**
 * Makes a batch-norm layer, and the activation layer behind it, compute in training as one operation
 * ({@link batchNormTraining}): the norm's call gives what is behind the activation, whose call then passes it on.
 * Outside training, and when saved, both are the library's ordinary layers. The moving averages move as the library
 * moves them.
 *
 * Only for a norm over the last axis with gamma and beta, whose output nothing reads but the activation.
 *
 * @param settings those that the norm was made with
 * @param activation PReLU with one slope a channel, or ReLU, which is PReLU with slopes of 0; null for none
 */
export function fuseNorm(
  norm: Layer,
  activation: Layer | null,
  { epsilon, momentum }: { readonly epsilon: number; readonly momentum: number },
): void {
  const ordinaryNorm = norm.call.bind(norm);
  norm.call = (inputs, kwargs) => {
    if (kwargs['training'] !== true) return ordinaryNorm(inputs, kwargs);
    return tf.tidy(() => {
      const x = only(inputs);
      const gamma = weight(norm, 'gamma');
      const beta = weight(norm, 'beta');
      const slopes = activation && (weightOrNone(activation, 'alpha') ?? tf.zeros(beta.shape));
      const moving = {
        mean: weight(norm, 'moving_mean'),
        variance: weight(norm, 'moving_variance'),
        momentum,
      };
      const { y } = batchNormTraining(x, gamma, beta, slopes, epsilon, moving);
      if (activation) activated.add(y);
      return y;
    });
  };
  if (!activation) return;
  const ordinaryActivation = activation.call.bind(activation);
  activation.call = (inputs, kwargs) =>
    activated.has(only(inputs)) ? inputs : ordinaryActivation(inputs, kwargs);
}

/** The variable of a layer's weight, e.g. `gamma`; null where the layer has none of that name. */
function weightOrNone(layer: Layer, name: string): tf.Variable | null {
  const found = layer.weights.find(({ originalName }) => originalName.endsWith(`/${name}`));
  if (!found) return null;
  const variable = found.read();
  if (!(variable instanceof tf.Variable))
    throw new Error(`Internal error: ${name} of ${layer.name} is fixed`);
  return variable;
}

const weight = (layer: Layer, name: string): tf.Variable =>
  present(weightOrNone(layer, name), `${name} of layer ${layer.name}`);

function only(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(inputs) ? present(inputs[0], 'the input of a layer') : inputs;
}
