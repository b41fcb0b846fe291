import type { Json } from './dialect.ts';
import type { GraphLayer, NetworkGraph, Source } from './graph.ts';
import { layerConfig } from './layers/layer-config.ts';

/** Layers whose argument is a list of tensors. */
const MERGING = new Set(['Add', 'Average', 'Concatenate', 'Dot', 'Maximum', 'Minimum', 'Multiply']);
const FLOAT32 = {
  module: 'keras',
  class_name: 'DTypePolicy',
  config: { name: 'float32' },
  registered_name: null,
};

/** Of all layers these alone do not take `trainable`, and write their data type as a word. */
const SPATIAL = new Set(['SpatialDropout1D', 'SpatialDropout2D']);
const common = (className: string, dtype: unknown): Json =>
  SPATIAL.has(className) ? { dtype: 'float32' } : { trainable: true, dtype };

/**
 * What `config.json` of a `.keras` file says: the form of `get_config` in keras 3.15 (src/models/functional.py,
 * src/saving/serialization_lib.py). All layers are trainable: what was frozen here was so for this program's training.
 *
 * @throws ProblemError that names a layer which Keras does not have
 */
export function keras3Topology(graph: NetworkGraph): Json {
  return {
    module: 'keras.src.models.functional',
    class_name: 'Functional',
    config: {
      name: graph.name,
      trainable: true,
      layers: graph.layers.map(keras3Layer),
      input_layers: end(graph.input),
      output_layers: end(graph.output),
    },
    registered_name: 'Functional',
    build_config: { input_shape: null },
    compile_config: null,
  };
}

function keras3Layer({ name, layer, uses }: GraphLayer): Json {
  const { className, config } = layerConfig(layer, 'keras-3');
  if (className === 'InputLayer') {
    const { batchInputShape: batch_shape } = layer;
    return {
      module: 'keras.layers',
      class_name: className,
      config: { batch_shape, dtype: 'float32', sparse: false, name },
      registered_name: null,
      name,
      inbound_nodes: [],
    };
  }
  const merging = MERGING.has(className);
  const shapes = uses[0]?.map(({ shape }) => shape) ?? [];
  const built = merging || layer.weights.length > 0;
  return {
    module: 'keras.layers',
    class_name: className,
    config: { name, ...common(className, FLOAT32), ...config },
    registered_name: null,
    ...(built && { build_config: { input_shape: merging ? shapes : shapes[0] } }),
    name,
    inbound_nodes: uses.map((sources) => ({
      args: merging ? [sources.map(kerasTensor)] : sources.map(kerasTensor),
      kwargs: {},
    })),
  };
}

const kerasTensor = (source: Source): Json => ({
  class_name: '__keras_tensor__',
  config: { shape: source.shape, dtype: 'float32', keras_history: end(source) },
});

/**
 * What the attribute `model_config` of a `.h5` file says: the form of tf.keras 2.4 to 2.15, which Keras 3 reads too.
 *
 * @throws ProblemError that names a layer which Keras does not have
 */
export function keras2Topology(graph: NetworkGraph): Json {
  return {
    class_name: 'Functional',
    config: {
      name: graph.name,
      trainable: true,
      layers: graph.layers.map(keras2Layer),
      input_layers: [end(graph.input)],
      output_layers: [end(graph.output)],
    },
  };
}

function keras2Layer({ name, layer, uses }: GraphLayer): Json {
  const { className, config } = layerConfig(layer, 'keras-2');
  const input = className === 'InputLayer';
  return {
    class_name: className,
    config: input
      ? { batch_input_shape: layer.batchInputShape, dtype: 'float32', sparse: false, name }
      : { name, ...common(className, 'float32'), ...config },
    name,
    inbound_nodes: input ? [] : uses.map((sources) => sources.map((source) => [...end(source), {}])),
  };
}

/** [layer, which of its uses, which of its outputs] */
const end = ({ layer, use }: Source): [string, number, number] => [layer, use, 0];
