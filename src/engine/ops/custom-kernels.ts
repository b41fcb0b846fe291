import * as tf from '@tensorflow/tfjs-core';

/** Kernels that only our backends have. */
export type CustomKernel =
  | 'ArcBatchNorm'
  | 'ArcBatchNormMoving'
  | 'ArcBatchNormGrad'
  | 'ArcMovingAverage'
  | 'ArcSgd'
  | 'ArcAdamW'
  | 'ArcFlatSgd'
  | 'ArcFlatAdamW'
  | 'ArcFlatAverage'
  | 'ArcMargin'
  | 'ArcAccuracy'
  | 'ArcClipFactor'
  | 'ArcCrossEntropy'
  | 'ArcCrossEntropyGrad'
  | 'ArcNormaliseRows'
  | 'ArcNormaliseRowsGrad'
  | 'ArcPictures'
  | 'ArcPreluGrad'
  | 'ArcReplaceTarget';

/** True where the active backend has the kernel; elsewhere the operation is composed of published ones. */
export const hasKernel = (name: CustomKernel): boolean => tf.getKernel(name, tf.getBackend()) !== undefined;

/** Runs a custom kernel. It is not differentiated: call it inside an operation that defines its gradient. */
export function runKernel(
  name: CustomKernel,
  inputs: tf.NamedTensorMap,
  attrs: Readonly<Record<string, number | boolean>>,
): tf.Tensor[] {
  // The registry types all kernels as if they gave one tensor; ours give lists.
  return tf.engine().runKernel(name, inputs, { ...attrs }) as unknown as tf.Tensor[];
}

/**
 * Makes sure that no other tensor shares the buffer of a variable, so that a kernel may change it in place: copies the
 * buffer if one does.
 */
export function ensureUnshared(variable: tf.Variable): tf.Variable {
  if (tf.backend().refCount(variable.dataId) > 1) {
    tf.tidy(() => variable.assign(tf.mul(variable, 1)));
  }
  return variable;
}
