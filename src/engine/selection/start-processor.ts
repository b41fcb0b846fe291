import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of all operations: the core alone has none.
import '@tensorflow/tfjs-layers';
import type { BackendName } from '../../config/training-config.ts';
import { registerPreluGradient } from '../ops/prelu.ts';
import { simdBackend, startSimd } from '../simd/start.ts';
import { watchDevice } from './device-fault.ts';

registerPreluGradient();

/** Starts a CPU backend: `simd`, or plain JavaScript where a browser has no WebAssembly SIMD. */
export async function startProcessor(): Promise<void> {
  try {
    await activateSimd();
  } catch (thrown) {
    console.warn('The simd backend did not start; plain JavaScript is used.', thrown);
    await activate('cpu');
  }
}

/** Makes `simd` the active backend. @throws Error where WebAssembly SIMD is not available */
export async function activateSimd(): Promise<void> {
  // A pool that lost a thread cannot be trusted any more: start a new one with new memory.
  if (!simdBackend()?.threads.intact) await startSimd();
  await activate('simd');
}

/** Makes a backend whose code is loaded the active one. @throws Error where it does not start */
export async function activate(name: BackendName): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error('it did not start');
  await tf.ready();
  watchDevice(name);
}
