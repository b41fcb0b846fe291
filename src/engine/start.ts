import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
// Registers the gradients of all operations: the core alone has none.
import '@tensorflow/tfjs-layers';
import type { BackendName } from '../config/training-config.ts';
import { ProblemError } from '../lib/problem.ts';
import { unreachable } from '../lib/unreachable.ts';
import { registerPreluGradient } from './ops/prelu.ts';
import { simdBackend, startSimd } from './simd/start.ts';

registerPreluGradient();

/** Makes a backend the active one, loading its code first. @throws Error in the backend's own words */
export async function startBackend(name: BackendName): Promise<void> {
  switch (name) {
    case 'simd':
      // A pool that lost a thread is not to be trusted any more: a new one, with memory of its own.
      if (!simdBackend()?.pool.whole) await startSimd();
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

/** Makes the processor compute: `simd`, or plain JavaScript where a browser has no WebAssembly SIMD. */
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
}

/**
 * Settles, with the problem, when the graphics device of the active backend is taken away (driver reset,
 * another program, sleep), or when WebGPU refuses a command (a kernel it does not take, memory it has not got): it
 * does so without a word to the caller, whose tensor then holds whatever lay in that memory.
 * The broken backend is forgotten, so that the next run starts a fresh one. Never settles on other backends.
 */
export function deviceFault(name: BackendName): Promise<ProblemError> {
  return new Promise((resolve) => {
    const end = (what: string, remedy: string): void => {
      resolve(new ProblemError(what, remedy)); // before what is pending on the backend fails for its own reason
      const factory = tf.findBackendFactory(name);
      tf.removeBackend(name);
      tf.registerBackend(name, factory);
    };
    const lost = (detail: string): void =>
      end(
        `The graphics device was lost while it was computing${detail ? ` (${detail})` : ''}.`,
        'Start the run again; if it happens again, choose another backend under "Computed by".',
      );
    const refused = (error: GPUError): void =>
      error instanceof GPUOutOfMemoryError
        ? end(
            'The graphics device has too little memory for this.',
            'Choose a smaller batch or a smaller network, or another backend under "Computed by".',
          )
        : end(
            `The graphics device refused a part of the computation (${firstLine(error.message)}), so its numbers cannot be trusted.`,
            'Choose another backend under "Computed by".',
          );
    // The backends show their device as a public field that their common type does not name.
    const backend: object = tf.backend();
    if (name === 'webgpu' && 'device' in backend && backend.device instanceof GPUDevice) {
      void backend.device.lost.then(({ reason, message }) => {
        if (reason !== 'destroyed') lost(message);
      });
      backend.device.addEventListener('uncapturederror', ({ error }) => refused(error), { once: true });
    }
    if (name === 'webgl' && 'canvas' in backend && backend.canvas instanceof EventTarget) {
      backend.canvas.addEventListener('webglcontextlost', () => lost(''), { once: true });
    }
  });
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
