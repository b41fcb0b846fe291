import type { LayersModel } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import type { WeightPrecision } from '../../domain/export/weight-precision.ts';
import { type ArchiveFile, readArchive, writeArchive } from '../../lib/archive.ts';
import { ProblemError, throwIfAborted } from '../../lib/problem.ts';
import { kerasLayer, nameOf } from '../../model/custom-model/keras-layer.ts';
import { fromKeras3 } from '../../model/custom-model/keras3.ts';
import { storedAs } from '../precision/stored-as.ts';
import type { NetworkGraph } from './graph.ts';
import { writeHdf5 } from './hdf5/write.ts';
import { layerConfig } from './layers/layer-config.ts';
import { type LayerWeight, layerWeights } from './layers/layer-weights.ts';
import { describedBy, readJson } from './read-json.ts';
import { rebuild } from './rebuild.ts';
import { snakeCase } from './snake-case.ts';
import { keras3Topology } from './topology.ts';

/** Whose form the files have. */
const KERAS_VERSION = '3.15.1';

/**
 * A `.keras` file: a zip of `config.json`, `metadata.json` and `model.weights.h5`. In the last, the weights of a layer lie in
 * `layers/<class>/vars/0`, `1`..., of the second layer of that class in `layers/<class>_1/vars`, and so on. (Keras 3,
 * src/saving/saving_lib.py.)
 *
 * @throws ProblemError that names a layer which Keras does not have; CancelledError
 */
export async function writeKerasFile(
  graph: NetworkGraph,
  date: Date,
  signal: AbortSignal,
  precision: WeightPrecision = 'float32',
): Promise<Blob> {
  const config = JSON.stringify(keras3Topology(graph));
  const saved = date.toISOString().slice(0, 19).replace('T', '@');
  const metadata = JSON.stringify({ keras_version: KERAS_VERSION, date_saved: saved });
  const name = pathNames();
  const weights = new Map<string, readonly LayerWeight[]>();
  for (const { layer } of graph.layers) {
    throwIfAborted(signal);
    weights.set(name(layerConfig(layer, 'keras-3').className), await layerWeights(layer));
  }
  const h5 = await writeHdf5(date, (file) => {
    file.group('vars'); // of the network itself, which has none
    for (const [path, stored] of weights) {
      file.group(`layers/${path}/vars`);
      for (const [i, { values, shape }] of stored.entries()) {
        file.dataset(`layers/${path}/vars/${i}`, storedAs(values, precision), shape);
      }
    }
  });
  throwIfAborted(signal);
  const files: ArchiveFile[] = [
    { name: 'metadata.json', data: new TextEncoder().encode(metadata) },
    { name: 'config.json', data: new TextEncoder().encode(config) },
    { name: 'model.weights.h5', data: h5 },
  ];
  return writeArchive(files, date, { level: 0 }); // stored, as Keras does
}

/** For the classes of layers, one after the other: what their groups are called. */
function pathNames(): (className: string) => string {
  const used = new Map<string, number>();
  return (className) => {
    const name = snakeCase(className);
    const count = used.get(name) ?? 0;
    used.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  };
}

const description = z.object({ config: z.object({ layers: z.array(kerasLayer) }) });

/**
 * Reads such a file as Keras does: the network from its description, then the weights by the paths that the order of its
 * layers gives. The caller disposes of the network.
 *
 * @throws ProblemError
 */
export async function readKerasFile(file: Blob): Promise<LayersModel> {
  const files = await readArchive(file);
  const config = readJson(new TextDecoder().decode(partOf(files, 'config.json')));
  const classes = new Map(
    describedBy(description, config).config.layers.map((layer) => [nameOf(layer), layer.class_name]),
  );
  return rebuild({
    topology: describedBy(z.unknown().transform(fromKeras3), config),
    hdf5: partOf(files, 'model.weights.h5'),
    weights(h5, layers) {
      const path = pathNames();
      return layers.map((name) => {
        const vars = `layers/${path(classes.get(name) ?? '')}/vars`;
        return h5.names(vars).map((_, i) => h5.dataset(`${vars}/${i}`));
      });
    },
  });
}

function partOf(files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const found = files.get(name);
  if (found) return found;
  throw new ProblemError(`The file lacks ${name}.`, 'Download the model again.');
}
