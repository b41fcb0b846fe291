import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../../config/training-config.ts';
import { present } from '../../lib/assert.ts';
import { ProblemError } from '../../lib/problem.ts';

interface Watched {
  readonly backend: object;
  readonly fault: Promise<ProblemError>;
}

/** The backend that was started last, by name. */
const watched = new Map<BackendName, Watched>();

/** Watches the device of the active backend, once for each that is started. */
export function watchDevice(name: BackendName): void {
  const backend: object = tf.backend();
  if (watched.get(name)?.backend !== backend) watched.set(name, { backend, fault: listen(name, backend) });
}

/**
 * Settles, with the problem, when the graphics device of a backend is lost (driver reset, another program, sleep), or
 * when WebGPU rejects a command (an invalid kernel, too little memory): the caller is not told, and its tensor then holds
 * uninitialised memory. Faults since the start of the backend count. The failed backend is removed, so that the next run
 * starts a fresh one. Never settles on other backends.
 */
export function deviceFault(name: BackendName): Promise<ProblemError> {
  return present(watched.get(name), 'a backend that was started').fault;
}

/** Work on a backend, rejected when its device fails: on a lost device it may never settle. */
export function unlessDeviceFails<T>(name: BackendName, work: Promise<T>): Promise<T> {
  const failed = deviceFault(name).then((problem): never => {
    throw problem;
  });
  return Promise.race([work, failed]);
}

function listen(name: BackendName, backend: object): Promise<ProblemError> {
  return new Promise((resolve) => {
    let over = false;
    const end = (what: string, remedy: string): void => {
      if (over) return; // a fresh one may have the name by now
      over = true;
      resolve(new ProblemError(what, remedy)); // before what is pending on the backend fails for its own reason
      const factory = tf.findBackendFactory(name);
      tf.removeBackend(name);
      tf.registerBackend(name, factory);
    };
    const lost = (detail: string): void =>
      end(
        `The graphics device was lost while it was computing${detail ? ` (${detail})` : ''}.`,
        'Start the run again; if it happens again, choose another backend under "Backend".',
      );
    const rejected = (error: GPUError): void =>
      error instanceof GPUOutOfMemoryError
        ? end(
            'The graphics device has too little memory for this.',
            'Choose a smaller batch or a smaller network, or another backend under "Backend".',
          )
        : end(
            `The graphics device rejected a part of the computation (${firstLine(error.message)}), so its numbers cannot be trusted.`,
            'Choose another backend under "Backend".',
          );
    // The backends have their device as a public field that their common type does not declare.
    if (name === 'webgpu' && 'device' in backend && backend.device instanceof GPUDevice) {
      void backend.device.lost.then(({ reason, message }) => {
        if (reason !== 'destroyed') lost(message);
      });
      backend.device.addEventListener('uncapturederror', ({ error }) => rejected(error), { once: true });
    }
    if (name === 'webgl' && 'canvas' in backend && backend.canvas instanceof EventTarget) {
      backend.canvas.addEventListener('webglcontextlost', () => lost(''), { once: true });
    }
  });
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
