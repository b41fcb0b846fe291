import * as tf from '@tensorflow/tfjs-core';

/** A backend that is writing down a step, see ../webgpu/recording. */
interface Recording {
  perStep(shape: readonly number[], make: () => Float32Array): tf.TensorInfo | null;
}

/**
 * A tensor of numbers that differ from step to step: drawn ones, a learning rate. Where a step is recorded and replayed,
 * `make` is called for every replay: it must not keep what it depends on from the step in which it was given.
 */
export function perStep(shape: readonly number[], make: () => Float32Array): tf.Tensor {
  const active = tf.backend();
  const recorded = isRecording(active) ? active.perStep(shape, make) : null;
  return recorded ? tf.engine().makeTensorFromTensorInfo(recorded) : tf.tensor(make(), [...shape], 'float32');
}

const isRecording = (active: object): active is Recording =>
  'perStep' in active && typeof active.perStep === 'function';
