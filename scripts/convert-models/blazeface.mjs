// BlazeFace (256x256), written as a Layers model. Input `image` [B,256,256,3], outputs `scores` [B,896,1] and
// `boxes` [B,896,16].

import { constant, node, paddingOf, strideOf } from './graph-model.mjs';
import { LayersModel } from './layers-model.mjs';

/**
 * @typedef {import('./graph-model.mjs').Graph} Graph
 * @typedef {import('./graph-model.mjs').Node} Node
 */

const PREFIX = 'StatefulPartitionedCall/functional_1';

/**
 * Walks back from the four heads of the graph to its input and writes each node once, inputs first.
 *
 * @param {Graph} graph
 */
export function convertBlazeFace(graph) {
  const model = new LayersModel('blazeface');
  /** @type {Map<string, string>} node of the graph -> layer of the model */
  const written = new Map([['input', model.input('image', [256, 256, 3])]]);

  /** @param {string} name */
  const write = (name) => {
    const done = written.get(name);
    if (done) return done;
    const from = node(graph, name);
    const inputs = from.input.filter((input) => graph.nodes.has(input)).map(write);
    const layer = writeNode(model, graph, from, inputs);
    written.set(name, layer);
    return layer;
  };

  const head = (/** @type {string} */ kind, /** @type {number} */ i) =>
    write(`${PREFIX}/tf_op_layer_${kind}_${i}/${kind}_${i}`);
  const scores = model.layer(
    'Concatenate',
    'scores',
    [head('classificators', 1), head('classificators', 2)],
    {
      axis: 1,
    },
  );
  const boxes = model.layer('Concatenate', 'boxes', [head('regressors', 1), head('regressors', 2)], {
    axis: 1,
  });
  return model.finish([scores, boxes]);
}

/**
 * @param {LayersModel} model
 * @param {Graph} graph
 * @param {Node} from
 * @param {string[]} inputs
 */
function writeNode(model, graph, from, inputs) {
  const name = layerName(from);
  switch (from.op) {
    case '_FusedConv2D': {
      const [, kernel, bias] = from.input;
      return model.conv(name, inputs[0], {
        kernel: constant(graph, kernel),
        bias: constant(graph, bias),
        stride: strideOf(from),
        padding: paddingOf(from),
        activation: fusedOps(from).includes('Relu') ? 'relu' : 'linear',
      });
    }
    case 'DepthwiseConv2dNative':
      return model.depthwise(name, inputs[0], {
        kernel: constant(graph, from.input[1]),
        stride: strideOf(from),
        padding: paddingOf(from),
      });
    case 'MaxPool':
      return model.layer('MaxPooling2D', name, inputs, {
        pool_size: [2, 2],
        strides: [strideOf(from), strideOf(from)],
        padding: paddingOf(from),
        data_format: 'channels_last',
      });
    case 'AddV2':
      return model.layer('Add', name, inputs);
    case 'Relu':
      return model.layer('Activation', name, inputs, { activation: 'relu' });
    case 'Pad':
      return model.conv(name, inputs[0], { kernel: wideningKernel(graph, from), padding: 'valid' });
    case 'Reshape': {
      const [, ...target] = constant(graph, from.input[1]).data;
      return model.layer('Reshape', name, inputs, { target_shape: target });
    }
    default:
      throw new Error(`${from.name}: no layer for ${from.op}`);
  }
}

/**
 * Layers have no padding of the channel axis. A 1x1 convolution with the identity beside zeros is one, exactly.
 *
 * @param {Graph} graph
 * @param {Node} from
 */
function wideningKernel(graph, from) {
  const paddings = Array.from(constant(graph, from.input[1]).data);
  const added = paddings[7];
  if (paddings.some((value, i) => i !== 7 && value !== 0))
    throw new Error(`${from.name}: pads more than new channels`);
  const channels = added; // each widening doubles the channels: 24 -> 48 -> 96
  const data = new Float32Array(channels * (channels + added));
  for (let c = 0; c < channels; c++) data[c * (channels + added) + c] = 1;
  return { shape: [1, 1, channels, channels + added], data };
}

/** @param {Node} from */
const fusedOps = (from) =>
  (from.attr.fused_ops?.list.s ?? []).map((op) => Buffer.from(op, 'base64').toString('utf8'));

/**
 * The scope that the original gave its layer: `.../conv2d_1/BiasAdd` -> `conv2d_1`. TensorFlow's own operations
 * come as `tf_op_layer_Pad_1`, the heads as `tf_op_layer_regressors_1`.
 *
 * @param {Node} from
 */
const layerName = (from) =>
  from.name
    .slice(PREFIX.length + 1)
    .split('/')[0]
    .replace('tf_op_layer_', '')
    .toLowerCase();
