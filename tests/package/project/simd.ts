import * as tf from '@tensorflow/tfjs-core';
import { startSimd } from 'arcface-studio/simd';

/** Runs something on the backend `simd`. @returns what it gives, and the backend's name */
export async function onSimd<T>(run: () => Promise<T>): Promise<T & { readonly backend: string }> {
  await startSimd();
  await tf.setBackend('simd');
  const result = await run();
  const backend = tf.getBackend();
  await tf.setBackend('cpu');
  return { ...result, backend };
}
