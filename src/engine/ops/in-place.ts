import { backend, type TensorInfo } from '@tensorflow/tfjs-core';
import { SimdBackend } from '../simd/host/backend.ts';

/**
 * The numbers of a float32 tensor in the backend's memory, to avoid copying them twice.
 * Valid until the next operation.
 *
 * @returns null where they are not accessible (on a GPU) or shared by another tensor
 */
export function numbersInPlace(tensor: TensorInfo): Float32Array | null {
  const active = backend();
  return active instanceof SimdBackend ? active.inPlace(tensor) : null;
}
