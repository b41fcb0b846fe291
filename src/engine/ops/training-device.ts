import * as tf from '@tensorflow/tfjs-core';

// What a backend on a graphics device can do for training besides computing operations. Asked for by shape and not by class,
// so that workers without that backend do not load its code.

/** Runs a step by replaying the launches of an earlier one, see ../webgpu/recording. */
export interface StepRecorder {
  /**
   * @param key whatever the step's launches depend on besides the shapes of the inputs
   * @param inputs all tensors whose numbers differ from step to step, but for those of `perStep`; the caller's
   * @param step gives one tensor, computed on the device
   */
  run(key: string, inputs: readonly tf.Tensor[], step: () => tf.Tensor): Promise<tf.Tensor>;
  /** Launches of the step that was recorded last; null before. */
  readonly launches: number | null;
  dispose(): void;
}

/** Told while the kernels of a step are compiled. */
export type OnCompiled = (done: number, total: number) => void;

/** Many tensors in one buffer, one after the other, each from a multiple of {@link FLAT_BLOCK} numbers on. */
export interface FlatTensors {
  /** All of them as one tensor. */
  readonly whole: tf.Tensor;
  /** Where each begins, in numbers. */
  readonly offsets: readonly number[];
  /** Takes in variables that were given other tensors since: their numbers are copied here. */
  adopt(): void;
  /** Frees the buffer, once no variable lies in it any more. */
  dispose(): void;
}

/** Numbers that belong to one tensor only: 256 bytes, what places in a buffer must be a multiple of. */
export const FLAT_BLOCK = 64;

export interface TrainingDevice {
  stepRecorder(onCompiled: OnCompiled): StepRecorder;
  flatten(variables: readonly tf.Variable[]): FlatTensors;
  /** Zeros of that length, into which {@link gather} copies tensors. */
  flatZeros(length: number): tf.Tensor;
  gather(tensors: readonly tf.TensorInfo[], offsets: readonly number[], whole: tf.TensorInfo): void;
}

/** The active backend where it is such a device; null elsewhere. */
export function trainingDevice(): TrainingDevice | null {
  const active = tf.backend();
  return isTrainingDevice(active) ? active : null;
}

const isTrainingDevice = (active: object): active is TrainingDevice =>
  'stepRecorder' in active && 'flatten' in active && 'gather' in active;
