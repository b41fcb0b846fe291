import {
  getKernel,
  type KernelConfig,
  type KernelFunc,
  type NamedAttrMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { SimdBackend } from './backend.ts';

/**
 * A kernel of ours in the place of the published one of that name.
 *
 * TensorFlow.js types inputs and attributes of kernels loosely: each kernel states what it gets (as its
 * operation promises), and the casts are made here, once.
 *
 * @param compute null where it cannot do it (another number type, an unusual option): the published one does it
 */
export function kernel<Input extends string, Attributes>(
  name: string,
  compute: (
    inputs: Record<Input, TensorInfo>,
    attrs: Attributes,
    backend: SimdBackend,
  ) => TensorInfo | TensorInfo[] | null,
): KernelConfig {
  const config = getKernel(name, 'cpu');
  const published = config && withOwnBuffer(config.kernelFunc);
  return {
    kernelName: name,
    backendName: 'simd',
    kernelFunc: (call) => {
      if (!(call.backend instanceof SimdBackend)) throw new Error('Internal error: not the simd backend');
      const result = compute(
        call.inputs as Record<Input, TensorInfo>,
        call.attrs as Attributes & NamedAttrMap,
        call.backend,
      );
      if (result) return result;
      if (!published) throw new Error(`Internal error: ${name} cannot be computed`);
      return published(call);
    },
  };
}

/** A published kernel, whose results own their numbers: see {@link SimdBackend.ensureOwnBuffer}. */
const withOwnBuffer =
  (published: KernelFunc): KernelFunc =>
  (call) => {
    const made = published(call);
    const { backend } = call;
    if (!(backend instanceof SimdBackend)) return made;
    return Array.isArray(made)
      ? made.map((tensor) => backend.ensureOwnBuffer(tensor))
      : backend.ensureOwnBuffer(made);
  };

/** A published kernel for this backend. */
export const adopt = (published: KernelConfig): KernelConfig => ({
  ...published,
  backendName: 'simd',
  kernelFunc: withOwnBuffer(published.kernelFunc),
});

export const allFloat = (...tensors: (TensorInfo | undefined)[]): boolean =>
  tensors.every((tensor) => tensor === undefined || tensor.dtype === 'float32');
