import * as tf from '@tensorflow/tfjs-core';
import { present } from '../../lib/assert.ts';
import type { Safetensors } from '../../lib/binary/safetensors.ts';
import { ProblemError } from '../../lib/problem.ts';
import { unreachable } from '../../lib/unreachable.ts';
import type { Graph, GraphNode } from './graph.ts';

/** Weights as they are in the file. */
type Weights = ReadonlyMap<string, tf.Tensor>;
type Op<K extends GraphNode['op']> = Extract<GraphNode, { op: K }>;

/**
 * Computes a graph with the weights of a file, outside of training: a second reading of what model.py does, from the bytes
 * that are downloaded.
 *
 * @param faces [F, S, S, C], as the network takes them
 * @returns [F, D], row by row
 * @throws ProblemError where a tensor is missing, or the graph takes what no node before gives
 */
export async function runGraph(graph: Graph, file: Safetensors, faces: tf.Tensor4D): Promise<Float32Array> {
  const weights = new Map<string, tf.Tensor>();
  try {
    for (const name of file.names)
      weights.set(name, tf.tensor(await file.floats(name), [...file.shape(name)]));
    const output = tf.tidy(() => {
      const values = new Map<string, tf.Tensor>([[graph.input, faces]]);
      for (const node of graph.nodes) {
        const inputs = node.inputs.map((name) => given(values.get(name), name));
        values.set(node.name, compute(node, inputs, weights));
      }
      return tf.clone(given(values.get(graph.output), graph.output));
    });
    try {
      // On the CPU backend data() may return the backend's array.
      return (await output.data<'float32'>()).slice();
    } finally {
      output.dispose();
    }
  } finally {
    tf.dispose([...weights.values()]);
  }
}

function compute(node: GraphNode, inputs: readonly tf.Tensor[], weights: Weights): tf.Tensor {
  const x = present(inputs[0], 'the input of a node');
  const map = x as tf.Tensor4D; // the kernels check the rank
  const weight = (name: string): tf.Tensor =>
    given(weights.get(`${node.name}.${name}`), `${node.name}.${name}`);
  switch (node.op) {
    case 'conv':
      return convolve(node, map, weight);
    case 'dense': {
      const rows = tf.reshape(x, [-1, present(x.shape.at(-1), 'a size')]);
      const y = tf.matMul(rows, weight('weight'), false, true);
      const biased = node.bias ? tf.add(y, weight('bias')) : y;
      return tf.reshape(biased, [...x.shape.slice(0, -1), present(y.shape[1], 'a size')]);
    }
    case 'norm': {
      const deviation = tf.sqrt(tf.add(weight('running_var'), node.epsilon));
      const standard = tf.div(tf.sub(x, weight('running_mean')), deviation);
      return tf.add(tf.mul(standard, weight('weight')), weight('bias'));
    }
    case 'prelu': {
      const slopes = weight('weight');
      const last = slopes.rank === 3 ? tf.transpose(slopes, [1, 2, 0]) : slopes;
      return tf.where(tf.greater(x, 0), x, tf.mul(x, last));
    }
    case 'leaky-relu':
      return tf.where(tf.greater(x, 0), x, tf.mul(x, node.slope));
    case 'activation':
      return ACTIVATE[node.function](x);
    case 'merge':
      return merge(node.how, inputs);
    case 'concatenate':
      return tf.concat([...inputs], -1);
    case 'pool': {
      const pool = node.how === 'max' ? tf.maxPool : tf.avgPool;
      return pool(map, node.size, node.stride, node.padding);
    }
    case 'global-pool':
      return node.how === 'max' ? tf.max(x, [1, 2]) : tf.mean(x, [1, 2]);
    case 'pad':
      return tf.pad(x, [
        [0, 0],
        [node.top, node.bottom],
        [node.left, node.right],
        [0, 0],
      ]);
    case 'crop': {
      const [count = 1, height = 1, width = 1, channels = 1] = x.shape;
      const size = [count, height - node.top - node.bottom, width - node.left - node.right, channels];
      return tf.slice(x, [0, node.top, node.left, 0], size);
    }
    case 'upsample': {
      const [, height = 1, width = 1] = x.shape;
      return tf.image.resizeNearestNeighbor(map, [height * node.size[0], width * node.size[1]]);
    }
    case 'reshape':
      return tf.reshape(x, [present(x.shape[0], 'a size'), ...node.shape]);
    case 'dropout':
      return x;
    case 'rescale':
      return tf.add(tf.mul(x, node.scale), node.offset);
    default:
      return unreachable(node);
  }
}

function convolve(node: Op<'conv'>, x: tf.Tensor4D, weight: (name: string) => tf.Tensor): tf.Tensor {
  const { stride, dilation, padding, groups } = node;
  const kernel = weight('weight'); // [out, in / groups, h, w]
  const [out = 1, , h = 1, w = 1] = kernel.shape;
  const hwio = (): tf.Tensor4D => tf.transpose(kernel, [2, 3, 1, 0]) as tf.Tensor4D;
  const perChannel = (): tf.Tensor4D =>
    tf.transpose(tf.reshape(kernel, [groups, out / groups, h, w]), [2, 3, 0, 1]) as tf.Tensor4D;
  const y =
    groups === 1
      ? tf.conv2d(x, hwio(), stride, padding, 'NHWC', dilation)
      : tf.depthwiseConv2d(x, perChannel(), stride, padding, 'NHWC', dilation);
  return node.bias ? tf.add(y, weight('bias')) : y;
}

const ACTIVATE: Readonly<Record<Op<'activation'>['function'], (x: tf.Tensor) => tf.Tensor>> = {
  relu: tf.relu,
  relu6: tf.relu6,
  elu: tf.elu,
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  softplus: tf.softplus,
  softsign: (x) => tf.div(x, tf.add(tf.abs(x), 1)),
  tanh: tf.tanh,
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  softmax: (x) => tf.softmax(x),
};

function merge(how: Op<'merge'>['how'], inputs: readonly tf.Tensor[]): tf.Tensor {
  switch (how) {
    case 'add':
      return inputs.reduce((a, b) => tf.add(a, b));
    case 'average':
      return tf.div(
        inputs.reduce((a, b) => tf.add(a, b)),
        inputs.length,
      );
    case 'multiply':
      return inputs.reduce((a, b) => tf.mul(a, b));
    case 'maximum':
      return inputs.reduce((a, b) => tf.maximum(a, b));
    case 'minimum':
      return inputs.reduce((a, b) => tf.minimum(a, b));
    default:
      return unreachable(how);
  }
}

function given(tensor: tf.Tensor | undefined, name: string): tf.Tensor {
  if (tensor) return tensor;
  throw new ProblemError(`The file for PyTorch lacks "${name}".`, 'Download it again.');
}
