import { present } from '../../lib/assert.ts';
import { isNetwork, type KerasLayer, kerasLayer, nameOf } from '../../model/custom-model/keras-layer.ts';
import type { StoredWeight } from '../../model/custom-model/weights.ts';
import { quantiseKernel } from './quantise-kernel.ts';

/** A network as JSON of Keras 2 describes it, with its weights by `layer/weight`. */
export interface NetworkFiles {
  readonly topology: KerasLayer;
  readonly weights: ReadonlyMap<string, StoredWeight>;
}

/** Name of the weight that is quantised, and how many of its last axes are output channels. */
const KERNELS: Readonly<Record<string, { readonly name: string; readonly axes: 1 | 2 }>> = {
  Conv2D: { name: 'kernel', axes: 1 }, // [h, w, in, out]
  DepthwiseConv2D: { name: 'depthwise_kernel', axes: 2 }, // [h, w, C, m]: channel c gives outputs c m to c m + m - 1
  Dense: { name: 'kernel', axes: 1 }, // [in, out]
};
/** A kernel with fewer weights a channel gains nothing: its scale takes as much room. */
const FEWEST_WEIGHTS = 8;
/** Of the norms that are added; their variance is 1 - epsilon, so that they divide by 1. */
const EPSILON = 1e-3;

/**
 * The same network with kernels of whole numbers from -127 to 127, so that one byte holds each. A kernel's scales, one for
 * each output channel, become part of the batch-norm behind the layer, where nothing else reads the layer's output:
 *
 *   norm(s z) = gamma (s z - mean) / sqrt(var + e) + beta = gamma (z - mean / s) / sqrt(var / s^2 + e / s^2) + beta,
 *
 * thus mean' = (mean - bias) / s and var' = (var + e) / s^2 - e. Where there is no such norm, one is added, with gamma = s and beta =
 * bias, in front of the layer's activation. So every program computes it that knows ordinary layers, in every format.
 */
export function toInt8({ topology, weights }: NetworkFiles): NetworkFiles {
  const changed = new Map(weights);
  const names = new Set(namesIn(topology));
  return { topology: new Quantiser(changed, names).network(topology), weights: changed };
}

class Quantiser {
  private readonly weights: Map<string, StoredWeight>;
  private readonly names: Set<string>;

  /** @param names of all layers; new ones are added */
  constructor(weights: Map<string, StoredWeight>, names: Set<string>) {
    this.weights = weights;
    this.names = names;
  }

  network(network: KerasLayer): KerasLayer {
    const before = layersOf(network);
    /** By the name of a layer, that of the layer which now gives its output. */
    const renamed = new Map<string, string>();
    const layers: KerasLayer[] = [];
    before.forEach((layer, i) => {
      if (isNetwork(layer)) {
        layers.push(this.network(layer));
        return;
      }
      const [first, ...added] = this.layer(layer, readersOf(network, before, i));
      layers.push(first);
      for (const next of added) {
        const behind = renamed.get(nameOf(layer)) ?? nameOf(layer);
        layers.push(network.class_name === 'Sequential' ? next : appliedTo(behind, layer, next));
        renamed.set(nameOf(layer), nameOf(next));
      }
    });
    const added = new Set(layers.filter((layer) => !before.some((one) => nameOf(one) === nameOf(layer))));
    return {
      ...network,
      config: {
        ...network.config,
        layers: layers.map((layer) => (added.has(layer) ? layer : rewired(layer, renamed))),
        ...(network.config['output_layers'] !== undefined && {
          output_layers: renamedIn(network.config['output_layers'], renamed),
        }),
      },
    };
  }

  /** The layer, and those that are added behind it. */
  private layer(layer: KerasLayer, readers: readonly KerasLayer[]): [KerasLayer, ...KerasLayer[]] {
    const name = nameOf(layer);
    const kind = Object.hasOwn(KERNELS, layer.class_name) ? KERNELS[layer.class_name] : undefined;
    const kernel = kind && this.weights.get(`${name}/${kind.name}`);
    if (!kernel || layer.config['data_format'] === 'channels_first') return [layer];
    const channels = kernel.shape.slice(-kind.axes).reduce((product, size) => product * size, 1);
    if (kernel.values.length < FEWEST_WEIGHTS * channels) return [layer];
    const { values, scales } = quantiseKernel(kernel.values, channels);
    this.weights.set(`${name}/${kind.name}`, { shape: kernel.shape, values });
    const bias = this.weights.get(`${name}/bias`)?.values ?? new Float32Array(channels);
    this.weights.delete(`${name}/bias`);
    const activation = layer.config['activation'] ?? 'linear';
    const plain = { ...layer, config: { ...layer.config, use_bias: false, activation: 'linear' } };
    const [reader, ...others] = readers;
    const only = reader && others.length === 0 && usesOf(layer) <= 1 && usesOf(reader) <= 1 ? reader : null;
    if (activation === 'linear' && only && this.absorbed(only, scales, bias)) return [plain];
    const norm = this.norm(this.newName(`${name}_scale`), scales, bias);
    if (activation === 'linear') return [plain, norm];
    return [plain, norm, named('Activation', this.newName(`${name}_activation`), { activation })];
  }

  /** Makes the scales part of a norm; false where it is none that can take them. */
  private absorbed(norm: KerasLayer, scales: Float64Array, bias: Float32Array): boolean {
    const { class_name: kind, config } = norm;
    const mean = this.weights.get(`${nameOf(norm)}/moving_mean`);
    const variance = this.weights.get(`${nameOf(norm)}/moving_variance`);
    // Keras writes the last axis as it was given, as a number or a list of one, counted from the end or the start.
    const axis = [config['axis']].flat()[0];
    if (kind !== 'BatchNormalization' || !mean || !variance || (axis !== -1 && axis !== 3)) return false;
    if (mean.values.length !== scales.length) return false;
    const epsilon = Number(config['epsilon'] ?? EPSILON);
    const scaleOf = (c: number): number => present(scales[c], 'a scale');
    const variances = variance.values.map((value, c) => (value + epsilon) / scaleOf(c) ** 2 - epsilon);
    const means = mean.values.map((value, c) => (value - (bias[c] ?? 0)) / scaleOf(c));
    if (![...variances].every((value) => value >= 0 && Number.isFinite(value))) return false;
    this.weights.set(`${nameOf(norm)}/moving_mean`, { shape: mean.shape, values: means });
    this.weights.set(`${nameOf(norm)}/moving_variance`, { shape: variance.shape, values: variances });
    return true;
  }

  /** y = scale x + bias as a norm. */
  private norm(name: string, scales: Float64Array, bias: Float32Array): KerasLayer {
    const shape = [scales.length];
    const store = (weight: string, values: Float32Array): unknown =>
      this.weights.set(`${name}/${weight}`, { shape, values });
    store('gamma', Float32Array.from(scales));
    store('beta', bias);
    store('moving_mean', new Float32Array(scales.length));
    store('moving_variance', new Float32Array(scales.length).fill(1 - EPSILON));
    return named('BatchNormalization', name, { axis: -1, epsilon: EPSILON, center: true, scale: true });
  }

  private newName(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.names.has(name); i++) name = `${wanted}_${i}`;
    this.names.add(name);
    return name;
  }
}

const named = (class_name: string, name: string, config: Readonly<Record<string, unknown>>): KerasLayer => ({
  class_name,
  name,
  config: { name, trainable: true, dtype: 'float32', ...config },
});

function layersOf({ config }: KerasLayer): KerasLayer[] {
  const layers = config['layers'];
  return Array.isArray(layers) ? layers.map((layer) => kerasLayer.parse(layer)) : [];
}

const namesIn = (network: KerasLayer): string[] =>
  layersOf(network).flatMap((layer) => [nameOf(layer), ...(isNetwork(layer) ? namesIn(layer) : [])]);

/** How often a layer is applied; 0 in a Sequential, which does not say so. */
const usesOf = ({ inbound_nodes: nodes }: KerasLayer): number => nodes?.length ?? 0;

/**
 * The layers that read a layer's output, one entry for each time; the network itself where it is the network's output.
 *
 * @param i the layer's place among `layers`
 */
function readersOf(network: KerasLayer, layers: readonly KerasLayer[], i: number): KerasLayer[] {
  if (network.class_name === 'Sequential') return [layers[i + 1] ?? network];
  const name = nameOf(present(layers[i], 'a layer'));
  const inside = layers.flatMap((layer) =>
    references(layer.inbound_nodes).flatMap((read) => (read === name ? [layer] : [])),
  );
  const outside = references(network.config['output_layers']).filter((read) => read === name);
  return [...inside, ...outside.map(() => network)];
}

/** The names in references [layer, use, output, ...], however deeply they are nested. */
function references(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const [name, use] = value;
  if (typeof name === 'string' && typeof use === 'number') return [name];
  return value.flatMap(references);
}

/** The same with other names. */
function renamedIn(value: unknown, renamed: ReadonlyMap<string, string>): unknown {
  if (!Array.isArray(value)) return value;
  const [name, use, ...rest] = value;
  if (typeof name === 'string' && typeof use === 'number') return [renamed.get(name) ?? name, use, ...rest];
  return value.map((inner) => renamedIn(inner, renamed));
}

function rewired(layer: KerasLayer, renamed: ReadonlyMap<string, string>): KerasLayer {
  const { inbound_nodes: nodes } = layer;
  if (!nodes) return layer;
  return { ...layer, inbound_nodes: nodes.map((node) => renamedIn(node, renamed)) };
}

/** A layer applied to each use of the one in front of it. */
const appliedTo = (front: string, original: KerasLayer, layer: KerasLayer): KerasLayer => ({
  ...layer,
  inbound_nodes: (original.inbound_nodes ?? []).map((_, use) => [[front, use, 0, {}]]),
});
