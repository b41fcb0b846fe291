import type { WeightPrecision } from '../../domain/export/weight-precision.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { storedAs } from '../precision/stored-as.ts';
import { int, type OnnxConstant, type OnnxGraph, type OnnxNode } from './graph.ts';

/** Take their kernel second. */
const WITH_KERNEL = new Set(['Conv', 'Gemm', 'MatMul']);
/** Element type of TensorProto. */
const FLOAT = 1;

/**
 * Stores the kernels of layers in a smaller type, each with a Cast in front of its layer, which programs compute once when
 * they load the file. Other constants, which are few, stay 32-bit floats: some programs want those of norms as plain constants.
 */
export function storeKernels(graph: OnnxGraph, precision: WeightPrecision): OnnxGraph {
  if (precision === 'float32') return graph;
  const constants = new Map(graph.constants);
  const cast = new Map<string, string>();
  const nodes = graph.nodes.flatMap((node): OnnxNode[] => {
    const [input = '', kernel = '', ...rest] = node.inputs;
    const constant = constants.get(kernel);
    if (!WITH_KERNEL.has(node.op) || !constant) return [node];
    const known = cast.get(kernel);
    const narrow = known === undefined ? narrowed(constant, precision) : constant;
    if (!narrow) return [node];
    const output = known ?? `${kernel}/float`;
    const layer = { ...node, inputs: [input, output, ...rest] };
    if (known !== undefined) return [layer];
    constants.set(kernel, narrow);
    cast.set(kernel, output);
    const attributes = { to: int(FLOAT) };
    return [{ name: output, op: 'Cast', inputs: [kernel], output, attributes }, layer];
  });
  return { ...graph, nodes, constants };
}

/** Null where the numbers do not fit. */
function narrowed({ dims, values }: OnnxConstant, precision: WeightPrecision): OnnxConstant | null {
  if (!(values instanceof Float32Array)) return null;
  const stored = storedAs(values, precision);
  switch (stored.type) {
    case 'float32':
      return null;
    case 'float16':
      return { dims, values: stored.halves };
    case 'int8':
      return { dims, values: stored.values };
    default:
      return unreachable(stored);
  }
}
