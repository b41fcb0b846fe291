import { backend, type TensorInfo } from '@tensorflow/tfjs-core';
import { SimdBackend } from '../simd/host/backend.ts';

/**
 * The numbers of a float32 tensor where the backend computes with them, for who would otherwise copy them twice.
 * Valid until the next operation.
 *
 * @returns null where they are out of reach (on a graphics card) or another tensor has a share in them
 */
export function numbersInPlace(tensor: TensorInfo): Float32Array | null {
  const active = backend();
  return active instanceof SimdBackend ? active.inPlace(tensor) : null;
}
