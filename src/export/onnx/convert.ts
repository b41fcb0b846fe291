import type * as tfl from '@tensorflow/tfjs-layers';
import type { WeightPrecision } from '../../domain/export/weight-precision.ts';
import { assert, present } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';
import { foldNorms } from './fold-norms.ts';
import { GraphBuilder, type OnnxGraph, type OnnxNode, type Value } from './graph.ts';
import { type InputRange, writeInput } from './input.ts';
import { layerWriters } from './layers/index.ts';
import { cannotWrite, type LayerUse } from './layers/layer-use.ts';
import { storeKernels } from './store-kernels.ts';
import { isNetwork, readWeights, type Weights } from './weights.ts';

type Layer = tfl.layers.Layer;

/** Names that the file's users see. */
const INPUT = 'data';
const OUTPUT = 'embedding';

export interface ConvertOptions {
  /** What the file takes, and what the network takes. */
  readonly range: InputRange;
  /** Whether norms become part of the convolution or dense layer in front of them; where not, they are nodes. */
  readonly foldNorms: boolean;
  /** Of the kernels; 32-bit floats if not given. With norms in them, kernels of another one would be rounded anew. */
  readonly precision?: WeightPrecision;
}

/**
 * A network as an ONNX graph: input `data`, RGB [B, 3, S, S], output `embedding`, [B, D].
 *
 * @param model [B, S, S, 3] or [B, S, S, 1] to [B, D]; of TensorFlow.js' own layers, also networks in networks
 * @throws ProblemError that names the layer where there is one that cannot be written; CancelledError
 */
export async function toOnnx(
  model: tfl.LayersModel,
  options: ConvertOptions,
  signal: AbortSignal,
): Promise<OnnxGraph> {
  const weights = await readWeights(model, signal);
  const [, edge, width, channels] = present(model.inputs[0], 'the input').shape;
  assert(typeof edge === 'number' && edge === width, 'square pictures');
  assert(channels === 3 || channels === 1, 'three channels or one');
  const graph = new GraphBuilder();
  const input = { name: INPUT, shape: [3, edge, edge] as const };
  const pictures = writeInput(graph, { name: INPUT, shape: [edge, edge, 3] }, options.range, channels);
  const outputs = writeNetwork(model, [pictures], graph, weights);
  const end = present(outputs[0], 'the output');
  // The input itself cannot be given another name.
  const last = end.name === INPUT ? graph.node('Identity', [end.name]) : end.name;
  const size = present(end.shape[0], 'the size of an embedding');
  const nodes = renamed(graph.nodes, last, OUTPUT);
  const whole = { nodes, constants: graph.constants, input, output: { name: OUTPUT, size } };
  return storeKernels(options.foldNorms ? foldNorms(whole) : whole, options.precision ?? 'float32');
}

/**
 * Writes the layers of a network.
 *
 * @param inputs one for each input of the network
 * @returns one value for each output
 */
function writeNetwork(
  model: tfl.LayersModel,
  inputs: readonly Value[],
  graph: GraphBuilder,
  weights: ReadonlyMap<Layer, Weights>,
): Value[] {
  const known = new Map<number, Value>();
  model.inputs.forEach((tensor, i) => {
    known.set(tensor.id, present(inputs[i], 'an input'));
  });

  function resolve(tensor: tfl.SymbolicTensor): Value {
    const done = known.get(tensor.id);
    if (done) return done;
    const layer = tensor.sourceLayer;
    const node = present(layer.inboundNodes[tensor.nodeIndex], 'the use of a layer');
    const from = node.inputTensors.map(resolve);
    const values = isNetwork(layer)
      ? writeNetwork(layer, from, graph, weights)
      : [writeLayer({ ...describe(layer, from, weights), outputShape: sizesOf(tensor) }, graph)];
    node.outputTensors.forEach((output, i) => {
      known.set(output.id, present(values[i], `output ${i} of layer ${layer.name}`));
    });
    return present(known.get(tensor.id), `the output of layer ${layer.name}`);
  }

  return model.outputs.map(resolve);
}

function describe(
  layer: Layer,
  inputs: readonly Value[],
  weights: ReadonlyMap<Layer, Weights>,
): Omit<LayerUse, 'outputShape'> {
  return {
    name: layer.name,
    kind: layer.getClassName(),
    config: layer.getConfig(),
    inputs,
    weights: weights.get(layer) ?? new Map(),
  };
}

function writeLayer(use: LayerUse, graph: GraphBuilder): Value {
  const write = layerWriters.get(use.kind);
  if (!write) throw cannotWrite(use, 'there is no such layer in ONNX');
  // The prefix keeps names apart from those of the input's nodes, by which programs tell what the file takes.
  graph.enter(`net/${use.name.replace(/[^\w.-]+/g, '_').slice(0, 80)}/`);
  return write(use, graph);
}

function sizesOf(tensor: tfl.SymbolicTensor): number[] {
  return tensor.shape.slice(1).map((size) => {
    if (typeof size === 'number') return size;
    throw new ProblemError(
      `The network cannot be written as ONNX: the output of its layer "${tensor.sourceLayer.name.slice(0, 80)}" has no fixed size.`,
      'Choose another format, or a network whose layers have fixed sizes.',
    );
  });
}

function renamed(nodes: readonly OnnxNode[], from: string, to: string): OnnxNode[] {
  const rename = (name: string): string => (name === from ? to : name);
  return nodes.map((node) => ({ ...node, inputs: node.inputs.map(rename), output: rename(node.output) }));
}
