import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { ProblemError } from '../../lib/problem.ts';
import type { StoredWeight } from '../../model/custom-model/weights.ts';
import { checkDepth, checkTopology } from '../../model/standard-classes.ts';
import { type Hdf5Reader, readHdf5 } from './hdf5/read.ts';

export interface StoredNetwork {
  /** {class_name, config} in the form of Keras 2, which TensorFlow.js reads. */
  readonly topology: Readonly<Record<string, unknown>>;
  readonly hdf5: Uint8Array;
  /**
   * The weights of the layers.
   *
   * @param layers names in the order of `model.layers`, to which the library comes by itself
   */
  readonly weights: (file: Hdf5Reader, layers: readonly string[]) => readonly (readonly StoredWeight[])[];
}

/**
 * The network of a file for Keras, in TensorFlow.js. The caller disposes of it.
 *
 * @throws ProblemError where it cannot be built, or its weights do not fit
 */
export async function rebuild({ topology, hdf5, weights }: StoredNetwork): Promise<tfl.LayersModel> {
  checkDepth(topology);
  checkTopology(topology);
  let model: tfl.LayersModel | null = null;
  try {
    // Came out of a JSON file, which is all that the library's type says.
    const modelTopology = topology as Parameters<typeof tfl.models.modelFromJSON>[0]['modelTopology'] &
      object;
    const built = await tfl.models.modelFromJSON({ modelTopology });
    model = built;
    const names = built.layers.map(({ name }) => name);
    const stored = await readHdf5(hdf5, (file) => weights(file, names));
    for (const [i, layer] of built.layers.entries()) fill(layer, stored[i] ?? []);
    return built;
  } catch (thrown) {
    model?.dispose();
    if (thrown instanceof ProblemError) throw thrown;
    const detail = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ProblemError(
      `The network in the file cannot be built: ${detail.slice(0, 200)}`,
      'Download the model again.',
    );
  }
}

/** @throws Error where number or shapes are others */
function fill(layer: tfl.layers.Layer, stored: readonly StoredWeight[]): void {
  const tensors: tf.Tensor[] = [];
  try {
    for (const { values, shape } of stored) tensors.push(tf.tensor(values, [...shape]));
    if (layer.weights.length + tensors.length > 0) layer.setWeights(tensors);
  } finally {
    tf.dispose(tensors);
  }
}
