// Reads a TensorFlow.js graph model as far as the converter needs it: its constants and its nodes.

/**
 * @typedef {{shape: number[], data: Float32Array | Int32Array}} Constant
 * @typedef {{name: string, op: string, input: string[], attr: Record<string, any>}} Node
 * @typedef {{constants: Map<string, Constant>, nodes: Map<string, Node>}} Graph
 */

/**
 * @param {Buffer} json
 * @param {Buffer} bin
 * @returns {Graph}
 */
export function parseGraphModel(json, bin) {
  const model = JSON.parse(json.toString('utf8'));
  const constants = new Map();
  let offset = 0;
  for (const entry of model.weightsManifest.flatMap((group) => group.weights)) {
    if (entry.quantization) throw new Error(`${entry.name} is quantised; the pinned files are not`);
    if (entry.dtype !== 'float32' && entry.dtype !== 'int32')
      throw new Error(`${entry.name}: ${entry.dtype}`);
    const size = entry.shape.reduce((a, b) => a * b, 1);
    const bytes = new Uint8Array(bin.subarray(offset, offset + 4 * size)).buffer;
    const data = entry.dtype === 'float32' ? new Float32Array(bytes) : new Int32Array(bytes);
    constants.set(entry.name, { shape: entry.shape, data });
    offset += 4 * size;
  }
  if (offset !== bin.length) throw new Error(`weights end at byte ${offset} of ${bin.length}`);
  const nodes = new Map(
    model.modelTopology.node
      .filter((node) => node.op !== 'Const')
      .map((node) => [
        node.name,
        { name: node.name, op: node.op, input: node.input ?? [], attr: node.attr ?? {} },
      ]),
  );
  return { constants, nodes };
}

/**
 * @param {Graph} graph
 * @param {string} name
 * @returns {Constant}
 */
export function constant(graph, name) {
  const found = graph.constants.get(name);
  if (!found) throw new Error(`the graph has no constant ${name}`);
  return found;
}

/**
 * @param {Graph} graph
 * @param {string} name
 * @returns {Node}
 */
export function node(graph, name) {
  const found = graph.nodes.get(name);
  if (!found) throw new Error(`the graph has no node ${name}`);
  return found;
}

/**
 * Stride of a convolution or pooling node (the same along both axes in these networks).
 *
 * @param {Node} from
 */
export const strideOf = (from) => Number(from.attr.strides.list.i[1]);

/**
 * @param {Node} from
 * @returns {'same' | 'valid'}
 */
export const paddingOf = (from) =>
  Buffer.from(from.attr.padding.s, 'base64').toString('utf8') === 'SAME' ? 'same' : 'valid';
