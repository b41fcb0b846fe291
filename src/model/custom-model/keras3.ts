import { z } from 'zod';
import {
  convertLayer,
  isNetwork,
  isRecord,
  type KerasLayer,
  kerasLayer,
  nameOf,
  unsupported,
} from './keras-layer.ts';

const MAX_DEPTH = 16;

/** [layer, which of its uses, which of its outputs] */
const history = z.tuple([z.string().max(1000), z.int().min(0), z.int().min(0)]);
type History = z.infer<typeof history>;
const kerasTensor = z.object({
  class_name: z.literal('__keras_tensor__'),
  config: z.object({ keras_history: history, shape: z.array(z.unknown()).max(8).default([]) }),
});
const keras3Node = z.object({
  args: z.array(z.unknown()).max(1000),
  kwargs: z.record(z.string(), z.unknown()).default({}),
});

/**
 * A network as Keras 3 describes it, in the form of Keras 2, which TensorFlow.js 4.22 reads: input shapes under their
 * former name, data types by name, the sources of a layer as [layer, use, output, {}] instead of objects with arguments,
 * and each layer by {@link convertLayer}. A description in the form of Keras 2 stays what it is. Pure.
 *
 * The form is that of `get_config` in keras 3 (src/models/functional.py, src/ops/function.py, src/saving/serialization_lib.py).
 *
 * @throws ProblemError for what TensorFlow.js would compute otherwise, or not at all; ZodError for another form
 */
export function fromKeras3(topology: unknown): KerasLayer {
  return network(kerasLayer.parse(topology), 0);
}

function network(given: KerasLayer, depth: number): KerasLayer {
  if (depth > MAX_DEPTH) throw unsupported('is nested too deeply');
  return given.class_name === 'Sequential' ? sequential(given, depth) : functional(given, depth);
}

const layersOf = (value: unknown): KerasLayer[] => z.array(kerasLayer).parse(value);

function sequential(given: KerasLayer, depth: number): KerasLayer {
  const { config } = given;
  const layers = layersOf(config['layers']);
  let channels: number | null = null;
  const converted = layers.flatMap((layer) => {
    channels = channelsInto(layer) ?? channels;
    if (isNetwork(layer)) {
      channels = null;
      return [network(layer, depth + 1)];
    }
    const made = convertLayer(layer, channels);
    channels = channelsFrom(layer, channels);
    return made;
  });
  const [first] = converted;
  const shape = config['build_input_shape'];
  if (first && Array.isArray(shape) && first.class_name !== 'InputLayer' && !isNetwork(first)) {
    first.config = { batch_input_shape: shape, ...first.config };
  }
  return {
    class_name: 'Sequential',
    config: { name: config['name'], layers: converted },
    name: nameOf(given),
  };
}

const built = z.object({ build_config: z.object({ input_shape: z.array(z.number().nullable()) }) });

/** Of the input of a layer in a Sequential, where Keras 3 says it. */
const channelsInto = (layer: KerasLayer): number | null =>
  built.safeParse(layer).data?.build_config.input_shape.at(-1) ?? null;

/** Of the output of a layer. */
function channelsFrom({ class_name: kind, config }: KerasLayer, before: number | null): number | null {
  const shape = config['batch_shape'] ?? config['batch_input_shape'];
  if (kind === 'InputLayer') return Array.isArray(shape) ? channelsOf(shape) : null;
  const { filters, depth_multiplier: times } = config;
  if (typeof filters === 'number') return filters;
  if (kind === 'DepthwiseConv2D') return before !== null && typeof times === 'number' ? before * times : null;
  return before;
}

const channelsOf = (shape: readonly unknown[]): number | null => {
  const last = shape.at(-1);
  return typeof last === 'number' ? last : null;
};

function functional(given: KerasLayer, depth: number): KerasLayer {
  const { config } = given;
  const layers = layersOf(config['layers']);
  const inside = new Set(layers.filter(isNetwork).map(nameOf));
  const keras3 = layers.some(({ inbound_nodes: nodes = [] }) => nodes.some(isRecord));
  /** In TensorFlow.js, as in Keras 2, the first use of a network within a network is its own making. */
  const shifted = ([name, use, output]: History): History => [name, inside.has(name) ? use + 1 : use, output];

  const convert = (layer: KerasLayer): KerasLayer[] => {
    const nodes = layer.inbound_nodes ?? [];
    if (isNetwork(layer)) {
      const sources = nodes.map((node) => sourcesOf(node, shifted).refs);
      return [{ ...network(layer, depth + 1), inbound_nodes: sources }];
    }
    const used = nodes.map((node) => sourcesOf(node, shifted));
    const [first, ...rest] = convertLayer(
      isOperation(layer) ? operation(layer, used) : layer,
      used[0]?.channels ?? null,
    );
    const made: KerasLayer[] = [{ ...first, inbound_nodes: used.map(({ refs }) => refs) }];
    for (const next of rest) {
      const before = nameOf(made.at(-1) ?? first);
      made.push({ ...next, inbound_nodes: used.map((_, use) => [[before, use, 0, {}]]) });
    }
    return made;
  };
  const ends = (value: unknown): unknown => {
    const one = history.safeParse(value);
    const all = one.success ? [one.data] : z.array(history).parse(value);
    return keras3 ? all.map(shifted) : all;
  };
  return {
    class_name: 'Functional',
    name: nameOf(given),
    config: {
      name: config['name'],
      layers: layers.flatMap(convert),
      input_layers: ends(config['input_layers']),
      output_layers: ends(config['output_layers']),
    },
  };
}

interface Sources {
  readonly refs: unknown[];
  /** Of the first of them; null: unknown. */
  readonly channels: number | null;
  /** A number among the arguments, and whether it is the second of two. */
  readonly number: { readonly value: number; readonly second: boolean } | null;
}

/** What a layer is applied to in one of its uses. Arguments other than tensors (training, mask: null) are left out. */
function sourcesOf(node: unknown, shifted: (ref: History) => History): Sources {
  if (Array.isArray(node)) return { refs: node, channels: null, number: null }; // Keras 2
  const { args, kwargs } = keras3Node.parse(node);
  const given = args.length === 0 && 'inputs' in kwargs ? [kwargs['inputs']] : args;
  const values = given.flat(1);
  const refs: unknown[] = [];
  let channels: number | null = null;
  let number: Sources['number'] = null;
  values.forEach((value, i) => {
    const tensor = kerasTensor.safeParse(value);
    if (tensor.success) {
      const { keras_history: from, shape } = tensor.data.config;
      if (refs.length === 0) channels = channelsOf(shape);
      refs.push([...shifted(from), {}]);
    } else if (typeof value === 'number') number = { value, second: i === 1 && values.length === 2 };
    else if (value !== null && typeof value !== 'boolean')
      throw unsupported('calls a layer with unknown arguments');
  });
  const others = Object.entries(kwargs).filter(([key]) => given === args || key !== 'inputs');
  if (others.some(([, value]) => kerasTensor.safeParse(value).success)) {
    throw unsupported('calls a layer with tensors as options');
  }
  return { refs, channels, number };
}

/** `a + b`, `2 * x` and the like: Keras 3 makes layers of them. */
const isOperation = ({ module }: KerasLayer): boolean => module?.startsWith('keras.src.ops') ?? false;

/** An operation of two tensors is the layer of that name; one with a number is a scaling. */
function operation(layer: KerasLayer, used: readonly Sources[]): KerasLayer {
  const kind = layer.class_name;
  const number = used[0]?.number;
  const unknown = (): Error => unsupported(`uses the operation "${kind.slice(0, 60)}"`);
  if (used.length !== 1) throw unknown();
  if (!number) {
    if (used[0]?.refs.length === 2 && ['Add', 'Multiply', 'Maximum', 'Minimum'].includes(kind)) return layer;
    throw unknown();
  }
  const { value, second } = number;
  const scaled = (scale: number, offset: number): KerasLayer => ({
    ...layer,
    class_name: 'Rescaling',
    config: { name: nameOf(layer), scale, offset },
  });
  if (kind === 'Add') return scaled(1, value);
  if (kind === 'Multiply') return scaled(value, 0);
  if (kind === 'Subtract' && second) return scaled(1, -value);
  if ((kind === 'TrueDivide' || kind === 'Divide') && second && value !== 0) return scaled(1 / value, 0);
  throw unknown();
}
