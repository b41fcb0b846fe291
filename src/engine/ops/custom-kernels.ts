import * as tf from '@tensorflow/tfjs-core';

/** Kernels that only our backends have. */
export type CustomKernel =
  | 'ArcBatchNorm'
  | 'ArcBatchNormGrad'
  | 'ArcMove'
  | 'ArcSgd'
  | 'ArcAdamW'
  | 'ArcCrossEntropy'
  | 'ArcCrossEntropyGrad'
  | 'ArcNormaliseRows'
  | 'ArcNormaliseRowsGrad'
  | 'ArcPreluGrad'
  | 'ArcReplaceOwn';

/** True where the present backend has the kernel; elsewhere the operation is composed of published ones. */
export const hasKernel = (name: CustomKernel): boolean => tf.getKernel(name, tf.getBackend()) !== undefined;

/** Runs a kernel of ours. It is not differentiated: call it inside an operation with a gradient of its own. */
export function runKernel(
  name: CustomKernel,
  inputs: tf.NamedTensorMap,
  attrs: Readonly<Record<string, number | boolean>>,
): tf.Tensor[] {
  // The registry types all kernels as if they gave one tensor; ours give lists.
  return tf.engine().runKernel(name, inputs, { ...attrs }) as unknown as tf.Tensor[];
}

/**
 * Makes sure that nothing else reads the numbers of a variable, so that a kernel may change them in place: copies
 * them if anything does.
 */
export function ensureUnshared(variable: tf.Variable): tf.Variable {
  if (tf.backend().refCount(variable.dataId) > 1) {
    tf.tidy(() => variable.assign(tf.mul(variable, 1)));
  }
  return variable;
}
