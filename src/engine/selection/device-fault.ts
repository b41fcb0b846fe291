import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../../config/training-config.ts';
import { present } from '../../lib/assert.ts';
import { CancelledError, ProblemError } from '../../lib/problem.ts';

/** Lost: driver reset, another program, sleep. Memory: there is too little. Rejected: a command that is invalid. */
export type FaultCause = 'lost' | 'memory' | 'rejected';

/** The device of a backend failed, and with it all tensors there. */
export class DeviceFault extends ProblemError {
  readonly backend: BackendName;
  readonly reason: FaultCause;
  constructor(backend: BackendName, reason: FaultCause, what: string, remedy: string) {
    super(what, remedy);
    this.name = 'DeviceFault';
    this.backend = backend;
    this.reason = reason;
  }
}

interface Watched {
  readonly backend: object;
  readonly fault: Promise<DeviceFault>;
  /** Once it is known. */
  known(): DeviceFault | null;
  /** Takes the device for failed. */
  fail(reason: FaultCause, detail: string): void;
}

/** An error of a failing device may come before the news that it fails. */
const NEWS_MS = 500;

/** The backend that was started last, by name. */
const watched = new Map<BackendName, Watched>();

/** Watches the device of the active backend, once for each that is started. */
export function watchDevice(name: BackendName): void {
  const backend: object = tf.backend();
  const before = watched.get(name);
  if (before?.backend === backend) return;
  if (before) disposeVariables(before.backend);
  watched.set(name, listen(name, backend));
}

/**
 * Settles, with the problem, when the graphics device of a backend is lost (driver reset, another program, sleep), or
 * when WebGPU rejects a command (an invalid kernel, too little memory): the caller is not told, and its tensor then holds
 * uninitialised memory. Faults since the start of the backend count. The failed backend is removed, so that the next run
 * starts a fresh one. Never settles on other backends.
 */
export function deviceFault(name: BackendName): Promise<DeviceFault> {
  return deviceOf(name).fault;
}

/** Work on a backend, rejected when its device fails: on a lost device it may never settle. */
export async function unlessDeviceFails<T>(name: BackendName, work: Promise<T>): Promise<T> {
  const failed = deviceFault(name).then((problem): never => {
    throw problem;
  });
  try {
    return await Promise.race([work, failed]);
  } catch (thrown) {
    throw (await faultBehind(name, thrown)) ?? thrown;
  }
}

/** The failure of the device that made work on it throw this; null where it has other reasons. */
async function faultBehind(name: BackendName, thrown: unknown): Promise<DeviceFault | null> {
  const device = deviceOf(name);
  if (device.known() || thrown instanceof ProblemError || thrown instanceof CancelledError)
    return device.known();
  if (name !== 'webgpu' && name !== 'webgl') return null;
  // Memory that the page shares with the device is refused at once, by this exception.
  if (thrown instanceof RangeError && /buffer|memory|alloc/i.test(thrown.message)) {
    device.fail('memory', thrown.message);
    return device.known();
  }
  const noNews = new Promise<null>((resolve) => setTimeout(() => resolve(null), NEWS_MS));
  return Promise.race([device.fault, noNews]);
}

const deviceOf = (name: BackendName): Watched => present(watched.get(name), 'a backend that was started');

function listen(name: BackendName, backend: object): Watched {
  // The backends have their device as a public field that their common type does not declare.
  const device =
    name === 'webgpu' && 'device' in backend && backend.device instanceof GPUDevice ? backend.device : null;
  let known: DeviceFault | null = null;
  let resolve: (fault: DeviceFault) => void = () => {};
  const fault = new Promise<DeviceFault>((settle) => {
    resolve = settle;
  });
  const fail = (reason: FaultCause, detail: string): void => {
    if (known) return; // a fresh one may have the name by now
    known = new DeviceFault(name, reason, ...wordsFor(reason, detail));
    resolve(known); // before what is pending on the backend fails for its own reason
    const factory = tf.findBackendFactory(name);
    tf.removeBackend(name);
    tf.registerBackend(name, factory);
    device?.destroy(); // its memory is free for the next one, and what is pending on it ends
  };
  if (device) {
    void device.lost.then(({ message }) => fail('lost', message));
    device.addEventListener(
      'uncapturederror',
      ({ error }) => fail(error instanceof GPUOutOfMemoryError ? 'memory' : 'rejected', error.message),
      { once: true },
    );
  }
  if (name === 'webgl' && 'canvas' in backend && backend.canvas instanceof EventTarget) {
    backend.canvas.addEventListener('webglcontextlost', () => fail('lost', ''), { once: true });
  }
  return { backend, fault, known: () => known, fail };
}

/**
 * Frees what work that never settled has left on a device that failed: a variable there may be taken for one of the next
 * run, and reading it back waits for ever.
 */
function disposeVariables(backend: object): void {
  const { registeredVariables, tensorInfo } = tf.engine().state;
  for (const variable of Object.values(registeredVariables)) {
    if (tensorInfo.get(variable.dataId)?.backend === backend) disposeOf(variable);
  }
}

/** Frees something that may be on a device that failed: its backend may not find its memory any more. */
export function disposeOf(what: { dispose(): void }): void {
  try {
    what.dispose();
  } catch {
    // The memory went with the device.
  }
}

/** What happened, and what to do about it. */
function wordsFor(reason: FaultCause, detail: string): [what: string, remedy: string] {
  switch (reason) {
    case 'lost': {
      const words = firstLine(detail).replace(/\.$/, '');
      return [
        `The graphics device was lost while it was computing${words ? ` (${words})` : ''}.`,
        'Start the run again; if it happens again, choose another backend under "Backend".',
      ];
    }
    case 'memory':
      return [
        'The graphics device has too little memory for this.',
        'Choose a smaller batch or a smaller network, or another backend under "Backend".',
      ];
    case 'rejected':
      return [
        `The graphics device rejected a part of the computation (${firstLine(detail)}), so its numbers cannot be trusted.`,
        'Choose another backend under "Backend".',
      ];
  }
}

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;
