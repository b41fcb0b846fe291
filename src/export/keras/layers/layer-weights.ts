import type { layers } from '@tensorflow/tfjs-layers';
import { assert, present } from '../../../lib/assert.ts';

/** One weight of a layer, in the layout that TensorFlow.js and Keras share: [h,w,in,out], [h,w,C,m], [in,out]. */
export interface LayerWeight {
  /** E.g. `kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Names in the order in which Keras creates them. */
const ORDER =
  'depthwise_kernel pointwise_kernel kernel bias alpha gamma beta moving_mean moving_variance'.split(' ');

/**
 * The weights of a layer in Keras' order, which does not depend on what of it is trained, as that of `layer.weights` does:
 * e.g. gamma, beta, moving mean, moving variance.
 */
export async function layerWeights(layer: layers.Layer): Promise<LayerWeight[]> {
  const named = layer.weights.map((weight) => ({
    name: present(weight.originalName.split('/').at(-1), 'the name of a weight'),
    weight,
  }));
  assert(
    named.every(({ name }) => ORDER.includes(name)),
    `layer ${layer.name} has weights of unknown names`,
  );
  named.sort((a, b) => ORDER.indexOf(a.name) - ORDER.indexOf(b.name));
  return Promise.all(
    named.map(async ({ name, weight }) => {
      const values = weight.read();
      // On the CPU backend data() may return the backend's array.
      return { name, shape: values.shape, values: (await values.data<'float32'>()).slice() };
    }),
  );
}
