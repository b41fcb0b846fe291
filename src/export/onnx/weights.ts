import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { throwIfAborted } from '../../lib/problem.ts';

type Layer = layers.Layer;

export interface Weight {
  readonly values: Float32Array;
  /** As TensorFlow has them. */
  readonly dims: readonly number[];
}

/** The weights of a layer by name, e.g. `kernel`. */
export type Weights = ReadonlyMap<string, Weight>;

/** All weights of a network, also of networks in it, by layer. @throws CancelledError */
export async function readWeights(
  model: LayersModel,
  signal: AbortSignal,
): Promise<ReadonlyMap<Layer, Weights>> {
  const result = new Map<Layer, Weights>();
  for (const layer of leavesOf(model)) {
    const weights = new Map<string, Weight>();
    for (const variable of layer.weights) {
      throwIfAborted(signal);
      const tensor = variable.read();
      // On the CPU backend data() may return the backend's array, which training goes on to change.
      const values = (await tensor.data<'float32'>()).slice();
      const name = variable.originalName.split('/').at(-1) ?? '';
      weights.set(name, { values, dims: tensor.shape });
    }
    result.set(layer, weights);
  }
  return result;
}

/** Networks are layers, too. */
export const isNetwork = (layer: Layer): layer is LayersModel => 'layers' in layer && 'inputs' in layer;

const leavesOf = (model: LayersModel): Layer[] =>
  model.layers.flatMap((layer) => (isNetwork(layer) ? leavesOf(layer) : [layer]));
