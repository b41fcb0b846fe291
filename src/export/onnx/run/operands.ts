import * as tf from '@tensorflow/tfjs-core';
import { ProblemError } from '../../../lib/problem.ts';
import type { ReadNode, ReadTensor } from '../decode.ts';

/** What a node of a file is given. */
export interface Operands {
  readonly node: ReadNode;
  /** @throws ProblemError where there is none */
  value(index: number): tf.Tensor;
  /** null where it is left out. */
  optional(index: number): tf.Tensor | null;
  /** The whole numbers of a constant. @throws ProblemError where there are none */
  wholes(index: number): number[];
  count: number;
}

/** Computes a node. Pictures are [B, C, H, W]. */
export type Operator = (operands: Operands) => tf.Tensor;

export function operandsOf(
  node: ReadNode,
  values: ReadonlyMap<string, tf.Tensor>,
  constants: ReadonlyMap<string, ReadTensor>,
): Operands {
  const optional = (index: number): tf.Tensor | null => {
    const name = node.inputs[index] ?? '';
    const constant = constants.get(name);
    if (constant) return tf.tensor(constant.values, [...constant.dims]);
    return values.get(name) ?? null;
  };
  return {
    node,
    optional,
    value: (index) => optional(index) ?? missing(node, index),
    wholes: (index) => [...(constants.get(node.inputs[index] ?? '')?.values ?? missing(node, index))],
    count: node.inputs.length,
  };
}

function missing({ op, inputs }: ReadNode, index: number): never {
  throw new ProblemError(
    `The ONNX file cannot be run: a node ${op} lacks "${inputs[index] ?? `input ${index}`}".`,
    'It is damaged or incomplete: write it again.',
  );
}

export const intOf = ({ node }: Operands, name: string, otherwise: number): number =>
  node.attributes.get(name)?.int ?? otherwise;

export const floatOf = ({ node }: Operands, name: string, otherwise: number): number =>
  node.attributes.get(name)?.float ?? otherwise;

export const intsOf = ({ node }: Operands, name: string, otherwise: readonly number[]): readonly number[] =>
  node.attributes.get(name)?.ints ?? otherwise;

export const textOf = ({ node }: Operands, name: string, otherwise: string): string =>
  node.attributes.get(name)?.text ?? otherwise;

/** [B, C, H, W] -> [B, H, W, C], which TensorFlow computes with. */
export const channelsLast = (x: tf.Tensor): tf.Tensor4D => tf.transpose(x, [0, 2, 3, 1]) as tf.Tensor4D;

/** The other way. */
export const channelsFirst = (x: tf.Tensor): tf.Tensor => tf.transpose(x, [0, 3, 1, 2]);

/** Numbers of a row, each for one channel: as they stand beside [B, C, H, W], or [B, C]. */
export const besideChannels = (row: tf.Tensor, rank: number): tf.Tensor =>
  rank === 4 ? tf.reshape(row, [1, -1, 1, 1]) : row;
