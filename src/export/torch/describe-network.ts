import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { present } from '../../lib/assert.ts';
import { ProblemError, throwIfAborted } from '../../lib/problem.ts';
import type { Graph, GraphNode } from './graph.ts';
import { nodesOfLayer, type TensorOfWeight } from './nodes-of-layer.ts';

/** A weight under its name in PyTorch. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface DescribedNetwork {
  readonly graph: Graph;
  /** In PyTorch's layout and by its names. */
  readonly tensors: readonly NamedTensor[];
  /** For each weight of the network, by its name there, the tensors made of it. */
  readonly tensorNames: ReadonlyMap<string, readonly string[]>;
}

/**
 * A Layers model as a graph with PyTorch's weights. Models in models are taken apart.
 *
 * @throws ProblemError naming the layer that cannot be written; CancelledError
 */
export async function describeNetwork(
  model: tfl.LayersModel,
  signal: AbortSignal,
): Promise<DescribedNetwork> {
  const walk = new Walk();
  const graph = walk.graphOf(model);
  const tensors: NamedTensor[] = [];
  const tensorNames = new Map<string, string[]>();
  for (const { name, weight, values } of walk.weights) {
    throwIfAborted(signal);
    tensors.push(await read(name, values));
    if (weight !== null) tensorNames.set(weight, [...(tensorNames.get(weight) ?? []), name]);
  }
  return { graph, tensors, tensorNames };
}

async function read(name: string, values: () => tf.Tensor): Promise<NamedTensor> {
  const tensor = tf.tidy(() => tf.clone(values()));
  try {
    // On the CPU backend data() may return the backend's array.
    return { name, shape: tensor.shape, values: (await tensor.data<'float32'>()).slice() };
  } finally {
    tensor.dispose();
  }
}

/** Goes from the output of a network to its input and writes down, on the way back, what is computed. */
class Walk {
  readonly weights: TensorOfWeight[] = [];
  private readonly nodes: GraphNode[] = [];
  private readonly taken = new Set<string>();
  private readonly used = new Set<tfl.layers.Layer>();

  graphOf(model: tfl.LayersModel): Graph {
    const [input] = model.inputs;
    const [output] = model.outputs;
    if (!input || !output || model.inputs.length > 1 || model.outputs.length > 1) {
      throw new ProblemError(
        'The network has more than one input or output, which cannot be written for PyTorch.',
        'Choose another format.',
      );
    }
    const first = this.nameFor('input');
    return { input: first, output: this.visit(output, new Map([[input.id, first]])), nodes: this.nodes };
  }

  /** @returns the name of the node that gives a tensor */
  private visit(tensor: tfl.SymbolicTensor, known: Map<number, string>): string {
    const found = known.get(tensor.id);
    if (found !== undefined) return found;
    const inputs = tensor.inputs.map((input) => this.visit(input, known));
    const { sourceLayer: layer } = tensor;
    const name = layer instanceof tfl.LayersModel ? this.inner(layer, inputs) : this.layer(tensor, inputs);
    known.set(tensor.id, name);
    return name;
  }

  private inner(model: tfl.LayersModel, inputs: readonly string[]): string {
    const known = new Map(model.inputs.map(({ id }, i) => [id, present(inputs[i], 'an input of a network')]));
    return this.visit(present(model.outputs[0], 'the output of a network'), known);
  }

  private layer(to: tfl.SymbolicTensor, inputs: readonly string[]): string {
    const { sourceLayer: layer, inputs: from } = to;
    if (this.used.has(layer)) {
      throw new ProblemError(
        `The layer "${layer.name.slice(0, 80)}" is used more than once, which cannot be written for PyTorch.`,
        'Choose another format.',
      );
    }
    this.used.add(layer);
    const { nodes, weights } = nodesOfLayer(layer, { from, to }, inputs, (name) => this.nameFor(name));
    this.nodes.push(...nodes);
    this.weights.push(...weights);
    // A layer that computes nothing, e.g. a linear activation, passes on its input.
    return nodes.at(-1)?.name ?? present(inputs[0], `the input of ${layer.name}`);
  }

  /** Like the layer's name, but of letters, digits and '_' only, and of no other node. */
  private nameFor(layer: string): string {
    const plain = layer.replace(/\W+/g, '_').slice(0, 100) || 'layer';
    for (let n = 1; ; n++) {
      const name = n === 1 ? plain : `${plain}_${n}`;
      if (this.taken.has(name.toLowerCase())) continue;
      this.taken.add(name.toLowerCase());
      return name;
    }
  }
}
