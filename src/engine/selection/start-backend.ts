import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of all operations: the core alone has none.
import '@tensorflow/tfjs-layers';
import type { BackendName } from '../../config/training-config.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { registerPreluGradient } from '../ops/prelu.ts';
import { simdBackend, startSimd } from '../simd/start.ts';
import { watchDevice } from './device-fault.ts';

registerPreluGradient();

/** Makes a backend the active one, loading its code first. @throws Error in the backend's own words */
export async function startBackend(name: BackendName): Promise<void> {
  switch (name) {
    case 'simd':
      // A pool that lost a thread cannot be trusted any more: start a new one with new memory.
      if (!simdBackend()?.threads.intact) await startSimd();
      return activate(name);
    case 'webgpu':
      await import('@tensorflow/tfjs-backend-webgpu');
      return activate(name);
    case 'webgl':
      await import('@tensorflow/tfjs-backend-webgl');
      await activate(name);
      // 16-bit textures lose small gradients, and the optimiser's epsilon becomes 0 in them.
      if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) throw new Error('it has no 32-bit numbers');
      return;
    case 'cpu':
      return activate(name);
    default:
      return unreachable(name);
  }
}

/** Starts a CPU backend: `simd`, or plain JavaScript where a browser has no WebAssembly SIMD. */
export async function startProcessor(): Promise<void> {
  try {
    await startBackend('simd');
  } catch (thrown) {
    console.warn('The simd backend did not start; plain JavaScript is used.', thrown);
    await startBackend('cpu');
  }
}

async function activate(name: BackendName): Promise<void> {
  if (!(await tf.setBackend(name))) throw new Error('it did not start');
  await tf.ready();
  watchDevice(name);
}
