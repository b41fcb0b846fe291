import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../../config/training-config.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { findWebGpu } from './devices.ts';
import { activate, activateSimd } from './start-processor.ts';

/** Makes a backend the active one, loading its code first. @throws Error that says why it does not start */
export async function startBackend(name: BackendName): Promise<void> {
  switch (name) {
    case 'simd':
      return activateSimd();
    case 'webgpu':
      await requireWebGpu();
      (await import('../webgpu/start.ts')).registerWebGpu();
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

/** TensorFlow.js only tells whether a backend started, not why it did not. */
async function requireWebGpu(): Promise<void> {
  const device = await findWebGpu();
  if (typeof device === 'string') throw new Error(device);
}
