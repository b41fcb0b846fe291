// MobileFaceNet as a list of parts, read from the graph: what the Layers model is written from, and what the
// float64 evaluation behind the golden numbers walks through.

import { constant, node, paddingOf, strideOf } from './graph-model.mjs';

/**
 * @typedef {import('./graph-model.mjs').Graph} Graph
 * @typedef {import('./graph-model.mjs').Constant} Constant
 * @typedef {{kind: 'conv' | 'depthwise', name: string, kernel: Constant, bias: Constant, stride: number,
 *   padding: 'same' | 'valid', alpha?: Float32Array}} Conv a convolution, with PReLU after it where `alpha` is given
 * @typedef {{kind: 'add', name: string, from: number}} Add adds the output of an earlier part, counted from 0
 */

const TRUNK = 'MobileFaceNet/MobileFaceNet';
const LOGITS = 'MobileFaceNet/Logits';

/** Scopes of the inverted residual blocks, in order; `block1` is the first. */
const BLOCKS = [
  [2, 5],
  [3, 1],
  [4, 6],
  [5, 1],
  [6, 2],
].flatMap(([stage, count]) =>
  Array.from({ length: count }, (_, i) => `${TRUNK}/Conv2d_${stage}_InvResBlock_${i}`),
);

/**
 * @param {Graph} graph
 * @returns {(Conv | Add)[]}
 */
export function mobileFaceNetParts(graph) {
  /** @type {(Conv | Add)[]} */
  const parts = [
    conv(graph, 'stem_conv', `${TRUNK}/Conv2d_0`, true),
    depthwise(graph, 'stem_depthwise', `${TRUNK}/SeparableConv2d`, true),
    conv(graph, 'stem_project', `${TRUNK}/Conv`, false),
  ];
  BLOCKS.forEach((scope, i) => {
    const before = parts.length - 1;
    const block = `block${i + 1}`;
    parts.push(
      conv(graph, `${block}_expand`, `${scope}/Conv`, true),
      depthwise(graph, `${block}_depthwise`, `${scope}/SeparableConv2d`, true),
      conv(graph, `${block}_project`, `${scope}/Conv_1`, false),
    );
    if (graph.nodes.has(`${scope}/Add`)) parts.push({ kind: 'add', name: `${block}_add`, from: before });
  });
  parts.push(
    conv(graph, 'head_conv', `${TRUNK}/Conv2d_7`, true),
    depthwise(graph, 'global_depthwise', `${LOGITS}/SeparableConv2d`, false),
    conv(graph, 'global_pointwise', `${LOGITS}/Conv`, false),
    conv(graph, 'embedding', `${LOGITS}/LinearConv1x1`, false),
  );
  return parts;
}

/**
 * @param {Graph} graph
 * @param {string} name
 * @param {string} scope
 * @param {boolean} activated
 * @returns {Conv}
 */
function conv(graph, name, scope, activated) {
  const from = node(graph, `${scope}/BatchNorm/FusedBatchNorm`);
  return {
    kind: 'conv',
    name,
    kernel: constant(graph, `${scope}/Conv2D_weights`),
    bias: constant(graph, `${scope}/Conv2D_bn_offset`),
    stride: strideOf(from),
    padding: paddingOf(from),
    ...(activated && { alpha: slopes(graph, scope) }),
  };
}

/**
 * @param {Graph} graph
 * @param {string} name
 * @param {string} scope
 * @param {boolean} activated
 * @returns {Conv}
 */
function depthwise(graph, name, scope, activated) {
  const from = node(graph, `${scope}/depthwise`);
  return {
    kind: 'depthwise',
    name,
    kernel: constant(graph, `${scope}/depthwise_weights`),
    bias: constant(graph, `${scope}/depthwise_bn_offset`),
    stride: strideOf(from),
    padding: paddingOf(from),
    ...(activated && { alpha: slopes(graph, scope) }),
  };
}

/**
 * The repair. The graph spells PReLU as relu(x) + mul * (x - |x|), whose slope for x < 0 would be 2 mul; the
 * stored `mul` carries the wrong sign, so the slope that the network was trained with is -2 mul.
 *
 * @param {Graph} graph
 * @param {string} scope
 */
function slopes(graph, scope) {
  return Float32Array.from(constant(graph, `${scope}/mul`).data, (mul) => -2 * mul);
}
