import { present } from '../../lib/assert.ts';
import type { OnnxConstant, OnnxGraph, OnnxNode } from './graph.ts';

/** Of Conv and Gemm: both take the kernel second, with one row an output channel, and the bias third. */
const FOLDED_INTO = new Set(['Conv', 'Gemm']);

/**
 * Makes each BatchNormalization a part of the convolution or dense layer in front of it, where nothing else reads that
 * one's output: y = s (W x + b - mean) + beta with s = gamma / sqrt(variance + epsilon) is W' x + b' with W' = s W, row by row,
 * and b' = s (b - mean) + beta. Computed in 64 bits and rounded once.
 */
export function foldNorms(graph: OnnxGraph): OnnxGraph {
  const constants = new Map(graph.constants);
  const producers = new Map(graph.nodes.map((node) => [node.output, node]));
  const readers = new Map<string, number>([[graph.output.name, 1]]);
  for (const input of graph.nodes.flatMap(({ inputs }) => inputs)) {
    readers.set(input, (readers.get(input) ?? 0) + 1);
  }
  const replaced = new Map<OnnxNode, OnnxNode | null>();
  for (const norm of graph.nodes) {
    const layer = producers.get(norm.inputs[0] ?? '');
    if (norm.op !== 'BatchNormalization' || !layer || !FOLDED_INTO.has(layer.op)) continue;
    if (readers.get(layer.output) !== 1) continue;
    replaced.set(layer, folded(layer, norm, constants));
    replaced.set(norm, null);
  }
  const nodes = graph.nodes.flatMap((node) => replaced.get(node) ?? (replaced.has(node) ? [] : [node]));
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  return { ...graph, nodes, constants: new Map([...constants].filter(([name]) => used.has(name))) };
}

/** The layer with the norm in it; adds its weights to the constants. */
function folded(layer: OnnxNode, norm: OnnxNode, constants: Map<string, OnnxConstant>): OnnxNode {
  const numbers = (name: string | undefined): OnnxConstant =>
    present(constants.get(present(name, 'the name of a constant')), 'a constant');
  const [input = '', kernelName = '', biasName] = layer.inputs;
  const [gamma, beta, mean, variance] = norm.inputs.slice(1).map((name) => numbers(name).values);
  const kernel = numbers(kernelName);
  const bias = biasName === undefined ? null : numbers(biasName).values;
  const epsilon = Number(norm.attributes['epsilon']?.value);
  const rows = present(kernel.dims[0], 'the output channels of a kernel');
  const width = kernel.values.length / rows;
  const weights = new Float32Array(kernel.values.length);
  const offsets = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const factor = Number(gamma?.[row]) / Math.sqrt(Number(variance?.[row]) + epsilon);
    for (let i = row * width; i < (row + 1) * width; i++) weights[i] = factor * Number(kernel.values[i]);
    offsets[row] = factor * (Number(bias?.[row] ?? 0) - Number(mean?.[row])) + Number(beta?.[row]);
  }
  const [weightsName, offsetsName] = [`${norm.name}/kernel`, `${norm.name}/bias`];
  constants.set(weightsName, { dims: kernel.dims, values: weights });
  constants.set(offsetsName, { dims: [rows], values: offsets });
  return { ...layer, inputs: [input, weightsName, offsetsName], output: norm.output };
}
