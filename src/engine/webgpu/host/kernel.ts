import {
  getKernel,
  type KernelConfig,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { GpuBackend } from './backend.ts';

/** What a kernel of ours is called with. */
export interface KernelCall<Input extends string, Attributes> {
  readonly inputs: Readonly<Record<Input, TensorInfo>>;
  readonly attrs: Attributes;
  readonly backend: GpuBackend;
}

/**
 * A kernel of ours for the backend `webgpu`, in the place of the published one of that name if there is one.
 *
 * TensorFlow.js types inputs and attributes of kernels loosely: each kernel states what it gets (as its operation
 * promises), and the casts are made here, once.
 *
 * @param compute null where it cannot do it (another number type, an unusual option): the published one does it
 */
export function kernel<Input extends string, Attributes>(
  name: string,
  compute: (call: KernelCall<Input, Attributes>) => TensorInfo | TensorInfo[] | null,
): KernelConfig {
  const published = publishedKernels.get(name) ?? getKernel(name, 'webgpu')?.kernelFunc;
  if (published) publishedKernels.set(name, published);
  return {
    kernelName: name,
    backendName: 'webgpu',
    kernelFunc: (call) => {
      if (!(call.backend instanceof GpuBackend)) throw new Error('Internal error: not our WebGPU backend');
      const result = compute({
        inputs: call.inputs as NamedTensorInfoMap as Record<Input, TensorInfo>,
        attrs: call.attrs as Attributes & NamedAttrMap,
        backend: call.backend,
      });
      if (result) return result;
      if (!published) throw new Error(`Internal error: ${name} cannot be computed`);
      return published(call);
    },
  };
}

/** The published kernels that ours stand in front of. */
const publishedKernels = new Map<string, KernelFunc>();

export const allFloat = (...tensors: (TensorInfo | undefined)[]): boolean =>
  tensors.every((tensor) => tensor === undefined || tensor.dtype === 'float32');
