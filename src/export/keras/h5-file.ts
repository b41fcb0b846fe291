import type { LayersModel } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import type { WeightPrecision } from '../../domain/export/weight-precision.ts';
import { throwIfAborted } from '../../lib/problem.ts';
import { fromKeras3 } from '../../model/custom-model/keras3.ts';
import { storedAs } from '../precision/stored-as.ts';
import type { NetworkGraph } from './graph.ts';
import { readHdf5 } from './hdf5/read.ts';
import { writeHdf5 } from './hdf5/write.ts';
import { type LayerWeight, layerWeights } from './layers/layer-weights.ts';
import { describedBy, readJson } from './read-json.ts';
import { rebuild } from './rebuild.ts';
import { keras2Topology } from './topology.ts';

/** Whose form the files have. */
const KERAS_VERSION = '2.15.0';
const BACKEND = 'tensorflow';

/**
 * A `.h5` file as Keras 2 writes it: an HDF5 file whose attributes say what the network is (`model_config`), with a group
 * `model_weights` of one group for each layer, whose attribute `weight_names` gives their order. (Keras,
 * src/legacy/saving/legacy_h5_format.py.)
 *
 * @throws ProblemError that names a layer which Keras does not have; CancelledError
 */
export async function writeH5File(
  graph: NetworkGraph,
  date: Date,
  signal: AbortSignal,
  precision: WeightPrecision = 'float32',
): Promise<Uint8Array<ArrayBuffer>> {
  const config = JSON.stringify(keras2Topology(graph));
  const layers: { readonly name: string; readonly weights: readonly LayerWeight[] }[] = [];
  for (const { name, layer } of graph.layers) {
    throwIfAborted(signal);
    layers.push({ name, weights: await layerWeights(layer) });
  }
  return writeHdf5(date, (file) => {
    file.text('', 'model_config', config);
    file.group('model_weights');
    for (const path of ['', 'model_weights']) {
      file.text(path, 'keras_version', KERAS_VERSION);
      file.text(path, 'backend', BACKEND);
    }
    file.words(
      'model_weights',
      'layer_names',
      layers.map(({ name }) => name),
    );
    for (const { name, weights } of layers) {
      const group = `model_weights/${name}`;
      file.group(group);
      const names = weights.map((weight) => `${name}/${weight.name}:0`);
      file.words(group, 'weight_names', names);
      for (const [i, { values, shape }] of weights.entries()) {
        file.dataset(`${group}/${names[i]}`, storedAs(values, precision), shape);
      }
    }
  });
}

/**
 * Reads such a file as Keras does: the network from its description, then the weights of each group, the groups in the
 * order of the layers that have weights. The caller disposes of the network.
 *
 * @throws ProblemError
 */
export async function readH5File(hdf5: Uint8Array): Promise<LayersModel> {
  const config = await readHdf5(hdf5, (h5) => h5.text('', 'model_config'));
  return rebuild({
    topology: describedBy(z.unknown().transform(fromKeras3), readJson(config)),
    hdf5,
    weights(h5, layers) {
      const stored = h5
        .words('model_weights', 'layer_names')
        .map((name) =>
          h5
            .words(`model_weights/${name}`, 'weight_names')
            .map((weight) => h5.dataset(`model_weights/${name}/${weight}`)),
        );
      return layers.map((_, i) => stored[i] ?? []);
    },
  });
}
