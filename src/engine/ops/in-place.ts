import { backend, type TensorInfo } from '@tensorflow/tfjs-core';

/** A backend that computes in memory which this thread can see: `simd`. */
interface InPlace {
  inPlace(tensor: TensorInfo): Float32Array | null;
}

/**
 * The numbers of a float32 tensor in the backend's memory, to avoid copying them twice. Valid until the next operation.
 *
 * @returns null where they are not accessible (on a GPU) or shared by another tensor
 */
export function numbersInPlace(tensor: TensorInfo): Float32Array | null {
  const active = backend();
  return isInPlace(active) ? active.inPlace(tensor) : null;
}

const isInPlace = (active: object): active is InPlace =>
  'inPlace' in active && typeof active.inPlace === 'function';
