import { isNetwork, type KerasLayer, kerasLayer, nameOf } from './keras-layer.ts';

const MAX_DEPTH = 16;

/** An output: [layer, which of its uses, which of its outputs, {}] */
type Ref = readonly [string, number, number, object];

/** Thrown where a network stays nested; never leaves this file. */
class Nested extends Error {}

/**
 * A network without networks in it: their layers take their place, with their names, so that it can be cut and frozen
 * behind any of them, and its classification layer is seen. It stays as it is where it holds none, where one is used
 * several times or has several inputs or outputs, or where names would come twice.
 *
 * @param topology in the form of Keras 2
 */
export function flattened(topology: KerasLayer): KerasLayer {
  if (!innerOf(topology).some(isNetwork)) return topology;
  try {
    const layers: KerasLayer[] = [];
    const output = unfold(topology, null, layers, 0);
    const inputs = layers.filter(({ class_name: kind }) => kind === 'InputLayer');
    if (inputs.length !== 1 || new Set(layers.map(nameOf)).size < layers.length) return topology;
    const config = {
      name: topology.config['name'],
      layers,
      input_layers: inputs.map((input) => [nameOf(input), 0, 0]),
      output_layers: [output.slice(0, 3)],
    };
    return { class_name: 'Functional', name: nameOf(topology), config };
  } catch (thrown) {
    if (thrown instanceof Nested) return topology;
    throw thrown;
  }
}

/** The names of the networks in a network. */
export const networksIn = (topology: KerasLayer): string[] =>
  innerOf(topology)
    .filter(isNetwork)
    .flatMap((inner) => [nameOf(inner), ...networksIn(inner)]);

function innerOf({ config }: KerasLayer): KerasLayer[] {
  const layers = config['layers'];
  return Array.isArray(layers) ? layers.map((layer) => kerasLayer.parse(layer)) : [];
}

/**
 * Adds the layers of a network, and those within it, to a list.
 *
 * @param input what it is applied to; null: it is the outermost, and brings its own
 * @returns its output
 */
function unfold(network: KerasLayer, input: Ref | null, into: KerasLayer[], depth: number): Ref {
  if (depth > MAX_DEPTH) throw new Nested();
  return network.class_name === 'Sequential'
    ? unfoldSequential(network, input, into, depth)
    : unfoldFunctional(network, input, into, depth);
}

function unfoldSequential(network: KerasLayer, input: Ref | null, into: KerasLayer[], depth: number): Ref {
  let at = input;
  for (const layer of innerOf(network)) {
    if (isNetwork(layer)) {
      at = unfold(layer, at, into, depth + 1);
    } else if (layer.class_name !== 'InputLayer') {
      at ??= add(inputFor(layer), null, into);
      at = add(layer, [at], into);
    } else {
      at ??= add(layer, null, into);
    }
  }
  if (at === null) throw new Nested();
  return at;
}

/** The shape that the first layer of a Sequential takes stands in that layer. */
function inputFor(first: KerasLayer): KerasLayer {
  const shape = first.config['batch_input_shape'];
  const name = `${nameOf(first)}_input`;
  if (!Array.isArray(shape)) throw new Nested();
  return { class_name: 'InputLayer', name, config: { name, batch_input_shape: shape, dtype: 'float32' } };
}

function unfoldFunctional(network: KerasLayer, input: Ref | null, into: KerasLayer[], depth: number): Ref {
  const layers = new Map(innerOf(network).map((layer) => [nameOf(layer), layer]));
  const outputs = new Map<string, Ref>();
  const open = new Set<string>();
  const outputOf = (name: string): Ref => {
    const done = outputs.get(name);
    if (done) return done;
    const layer = layers.get(name);
    if (!layer || open.has(name) || open.size > 2000) throw new Nested();
    open.add(name);
    const output = place(layer);
    open.delete(name);
    outputs.set(name, output);
    return output;
  };
  const place = (layer: KerasLayer): Ref => {
    if (layer.class_name === 'InputLayer') return input ?? add(layer, null, into);
    const nodes = layer.inbound_nodes ?? [];
    const sources = Array.isArray(nodes[0]) ? nodes[0] : null;
    if (nodes.length !== 1 || !sources) throw new Nested();
    const from = sources.map((source) => outputOf(nameIn(source)));
    if (!isNetwork(layer)) return add(layer, from, into);
    const [only] = from;
    if (!only || from.length > 1) throw new Nested();
    return unfold(layer, only, into, depth + 1);
  };
  const [first, ...others] = endsOf(network.config['input_layers']);
  const [end, ...ends] = endsOf(network.config['output_layers']);
  if (first === undefined || end === undefined || others.length + ends.length > 0) throw new Nested();
  return outputOf(end);
}

const endsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(nameIn) : []);

function nameIn(ref: unknown): string {
  const name: unknown = Array.isArray(ref) ? ref[0] : null;
  // Only first outputs: the library's layers have one.
  if (typeof name !== 'string' || (Array.isArray(ref) && ref[2] !== 0)) throw new Nested();
  return name;
}

function add(layer: KerasLayer, from: readonly Ref[] | null, into: KerasLayer[]): Ref {
  const name = nameOf(layer);
  const { batch_input_shape: shape, ...config } = layer.config;
  into.push({
    class_name: layer.class_name,
    name,
    config: from === null ? { ...config, batch_input_shape: shape } : config,
    inbound_nodes: from === null ? [] : [from],
  });
  return [name, 0, 0, {}];
}
