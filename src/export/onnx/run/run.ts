import * as tf from '@tensorflow/tfjs-core';
import { ProblemError } from '../../../lib/problem.ts';
import type { ReadModel } from '../decode.ts';
import * as elementwise from './elementwise.ts';
import { type Operator, operandsOf } from './operands.ts';
import * as shapes from './shapes.ts';
import * as windows from './windows.ts';

/** The operators that the files of this program use, by their names in ONNX. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['Add', elementwise.many(tf.add)],
  ['AveragePool', windows.averagePool],
  ['BatchNormalization', elementwise.batchNorm],
  ['Cast', elementwise.one((x) => tf.cast(x, 'float32'))],
  ['Clip', elementwise.clip],
  ['Concat', shapes.concat],
  ['Conv', windows.conv],
  ['Elu', elementwise.elu],
  ['Erf', elementwise.one(tf.erf)],
  ['Flatten', shapes.flatten],
  ['Gemm', elementwise.gemm],
  ['GlobalAveragePool', windows.globalPool(tf.mean)],
  ['GlobalMaxPool', windows.globalPool(tf.max)],
  ['HardSigmoid', elementwise.hardSigmoid],
  ['Identity', elementwise.one((x) => x)],
  ['LayerNormalization', elementwise.layerNorm],
  ['LeakyRelu', elementwise.leakyRelu],
  ['MatMul', elementwise.matMul],
  ['Max', elementwise.many(tf.maximum)],
  ['MaxPool', windows.maxPool],
  ['Min', elementwise.many(tf.minimum)],
  ['Mul', elementwise.many(tf.mul)],
  ['PRelu', elementwise.prelu],
  ['Pad', shapes.pad],
  ['ReduceMax', shapes.reduce(tf.max)],
  ['ReduceMean', shapes.reduce(tf.mean)],
  ['Relu', elementwise.one(tf.relu)],
  ['Reshape', shapes.reshape],
  ['Resize', shapes.resize],
  ['Selu', elementwise.one(tf.selu)],
  ['Sigmoid', elementwise.one(tf.sigmoid)],
  ['Slice', shapes.slice],
  ['Softmax', elementwise.softmax],
  ['Softplus', elementwise.one(tf.softplus)],
  ['Softsign', elementwise.one((x) => tf.div(x, tf.add(1, tf.abs(x))))],
  ['Sub', elementwise.many(tf.sub)],
  ['Tanh', elementwise.one(tf.tanh)],
  ['ThresholdedRelu', elementwise.thresholdedRelu],
  ['Transpose', shapes.transpose],
]);

/**
 * Computes what a file describes, node by node and in the order of the file, each value freed after its last use.
 *
 * @param pictures [B, 3, H, W]
 * @returns [B, D]
 * @throws ProblemError where the file needs what is not there
 */
export function runModel(model: ReadModel, pictures: tf.Tensor4D): tf.Tensor2D {
  const { nodes, tensors, inputs, outputs } = model;
  const [input, output] = [inputs[0] ?? '', outputs[0] ?? ''];
  const values = new Map<string, tf.Tensor>([[input, pictures]]);
  const lastUse = new Map(nodes.flatMap((node, i) => node.inputs.map((name) => [name, i] as const)));
  try {
    nodes.forEach((node, i) => {
      const compute = OPERATORS.get(node.op) ?? unknown(node.op);
      values.set(
        node.outputs[0] ?? '',
        // A copy, as some operators hand back what they are given, which is freed on its own.
        tf.tidy(() => tf.clone(compute(operandsOf(node, values, tensors)))),
      );
      for (const name of new Set(node.inputs)) {
        if (lastUse.get(name) === i && name !== input && name !== output) free(name, values);
      }
    });
    const result = values.get(output);
    if (result?.rank !== 2) throw broken('it computes no embedding');
    values.delete(output);
    return result as tf.Tensor2D; // the rank says so
  } finally {
    values.delete(input);
    for (const name of [...values.keys()]) free(name, values);
  }
}

function free(name: string, values: Map<string, tf.Tensor>): void {
  values.get(name)?.dispose();
  values.delete(name);
}

function unknown(op: string): never {
  throw broken(`it uses the operator "${op.slice(0, 60)}"`);
}

const broken = (why: string): ProblemError =>
  new ProblemError(`The ONNX file cannot be run as a check: ${why}.`, 'Write it again.');
