import { backend, engine, type Tensor, type TensorInfo, tensor } from '@tensorflow/tfjs-core';

/** A backend that is writing down a step, see ../webgpu/recording. */
interface Recording {
  perStep(shape: readonly number[], make: () => Float32Array): TensorInfo | null;
}

/**
 * A tensor of numbers that differ from step to step: drawn ones, a learning rate. Where a step is recorded and replayed,
 * `make` is called for every replay: it must not keep what it depends on from the step in which it was given.
 */
export function perStep(shape: readonly number[], make: () => Float32Array): Tensor {
  const active = backend();
  const recorded = isRecording(active) ? active.perStep(shape, make) : null;
  return recorded ? engine().makeTensorFromTensorInfo(recorded) : tensor(make(), [...shape], 'float32');
}

const isRecording = (active: object): active is Recording =>
  'perStep' in active && typeof active.perStep === 'function';
