import type { LayersModel, layers, SymbolicTensor } from '@tensorflow/tfjs-layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { present } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';
import { kerasOrder } from './keras-order.ts';

type Shape = readonly (number | null)[];

/** What a layer gives in one of its uses. */
export interface Source {
  /** Name of the layer. */
  readonly layer: string;
  /** Which of its uses, from 0. */
  readonly use: number;
  /** Of its output, the batch first: [null, ...]. */
  readonly shape: Shape;
}

export interface GraphLayer {
  /** Valid in Keras, and of this layer alone. */
  readonly name: string;
  readonly layer: layers.Layer;
  /** What it is applied to, once for each use; the input has a use without sources. */
  readonly uses: readonly (readonly Source[])[];
}

/** A network from one input to one output. */
export interface NetworkGraph {
  readonly name: string;
  /** In the order in which Keras numbers them, see {@link kerasOrder}. */
  readonly layers: readonly GraphLayer[];
  readonly input: Source;
  readonly output: Source;
}

/**
 * The layers of a network and what each is applied to. Networks within it are replaced by their layers: Keras 2 and 3
 * number the uses of such a network differently, and without them one description serves both.
 *
 * @throws ProblemError for a network of several inputs or outputs, or a layer that gives several
 */
export function networkGraph(model: LayersModel): NetworkGraph {
  const [input, ...moreInputs] = model.inputs;
  if (!input || moreInputs.length > 0 || model.outputs.length !== 1 || !isInput(input)) {
    throw unsupported(
      `The network takes ${model.inputs.length} inputs and gives ${model.outputs.length} outputs`,
    );
  }
  const placed = new Placement();
  const start = placed.use(input.sourceLayer, [], input.shape);
  const [output] = outputsOf(model, [start], placed);
  const end = present(output, 'the output of the network');
  const order = kerasOrder(new Map([...placed.layers].map(([name, { uses }]) => [name, uses])), end);
  return {
    name: validName(model.name),
    layers: order.map((name) => present(placed.layers.get(name), 'a layer')),
    input: start,
    output: end,
  };
}

/** The layers that are in use so far. */
class Placement {
  readonly layers = new Map<string, GraphLayer & { readonly uses: (readonly Source[])[] }>();
  readonly #names = new Map<number, string>();

  use(layer: layers.Layer, sources: readonly Source[], shape: Shape): Source {
    const name = this.#names.get(layer.id) ?? this.#nameOf(layer);
    this.#names.set(layer.id, name);
    const known = this.layers.get(name) ?? { name, layer, uses: [] };
    this.layers.set(name, known);
    known.uses.push(sources);
    return { layer: name, use: known.uses.length - 1, shape };
  }

  #nameOf(layer: layers.Layer): string {
    const wanted = validName(layer.name);
    let name = wanted;
    for (let i = 1; this.layers.has(name); i++) name = `${wanted}_${i}`;
    return name;
  }
}

/** Keras refuses '/', TensorFlow as its backend most other marks, and one at the beginning. */
function validName(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9_.-]+/g, '_');
  return /^[A-Za-z0-9]/.test(clean) ? clean : `layer_${clean}`;
}

/** @param given what the network's inputs are */
function outputsOf(model: LayersModel, given: readonly Source[], placed: Placement): Source[] {
  const known = new Map(model.inputs.map(({ id }, i) => [id, present(given[i], 'an input of a network')]));
  const sourceOf = (tensor: SymbolicTensor): Source => {
    const found = known.get(tensor.id);
    if (found) return found;
    const layer = tensor.sourceLayer;
    const node = present(layer.inboundNodes[tensor.nodeIndex], `a use of layer ${layer.name}`);
    if (isInput(tensor)) throw unsupported(`The layer "${layer.name.slice(0, 80)}" is a second input`);
    const sources = node.inputTensors.map(sourceOf);
    const made =
      layer instanceof tfl.LayersModel
        ? outputsOf(layer, sources, placed)
        : [placed.use(layer, sources, tensor.shape)];
    node.outputTensors.forEach(({ id }, i) => {
      const source = made[i];
      if (!source) throw unsupported(`The layer "${layer.name.slice(0, 80)}" gives several outputs`);
      known.set(id, source);
    });
    return present(known.get(tensor.id), 'an output of a layer');
  };
  return model.outputs.map(sourceOf);
}

const isInput = ({ sourceLayer }: SymbolicTensor): boolean => sourceLayer.getClassName() === 'InputLayer';

const unsupported = (what: string): ProblemError =>
  new ProblemError(
    `${what}, which the files for Keras that are written here cannot hold.`,
    'Download the model for TensorFlow.js instead.',
  );
