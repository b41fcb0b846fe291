import type { Tensor, TensorInfo, Variable } from '@tensorflow/tfjs-core';
import type { FlatTensors, OnCompiled, StepRecorder } from '../ops/training-device.ts';
import { FlatVariables, flatZeros, gatherFlat } from './flat/flat-tensors.ts';
import { GpuBackend } from './host/backend.ts';
import { RecordedSteps } from './recording/step-recorder.ts';

/** Our backend with what training asks of it, see ../ops/training-device.ts. */
export class TrainingBackend extends GpuBackend {
  stepRecorder(onCompiled: OnCompiled): StepRecorder {
    return new RecordedSteps(this, onCompiled);
  }

  flatten(variables: readonly Variable[]): FlatTensors {
    return new FlatVariables(this, variables);
  }

  flatZeros(length: number): Tensor {
    return flatZeros(this, length);
  }

  gather(tensors: readonly TensorInfo[], offsets: readonly number[], whole: TensorInfo): void {
    gatherFlat(this, tensors, offsets, whole);
  }
}
