import type { BackendChoice, BackendName } from '../config/training-config.ts';
import { ProblemError } from '../lib/problem.ts';
import type { BackendReport } from '../protocol/trainer.ts';
import { type Device, findWebGl, findWebGpu } from './devices.ts';
import { startBackend } from './start.ts';

/**
 * What is going to be computed: gradients of a dense layer only, on features of a frozen network, or
 * gradients of a whole convolutional network, which the WebAssembly backend does not have.
 */
export type Workload = 'frozen' | 'whole';

/**
 * Compares one gradient on the active backend with the CPU backend's and leaves the active one active.
 *
 * @returns largest difference relative to the largest entry
 */
export type SelfTest = (backend: BackendName, workload: Workload) => Promise<number>;

/** Largest relative difference between a backend's gradient and the CPU's that is put down to rounding. */
const TOLERANCE = 1e-3;

const LABEL: Readonly<Record<BackendName, string>> = {
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
  webgl: 'WebGL',
  cpu: 'plain JavaScript (CPU)',
};

/** Self-tests passed in this session: the answer does not change. */
const passed = new Set<string>();

/**
 * Chooses, starts and checks a backend. `auto` takes the first that works of: WebGPU on a real graphics card;
 * WebAssembly (frozen networks only); WebGL; CPU. For a whole network WebGL on a software renderer is still
 * taken before the CPU backend: on 2 cores the small CNN trained at 35 images/s on it, at 32 on the CPU.
 *
 * @throws ProblemError when the backend that was asked for cannot do it
 */
export async function selectBackend(
  choice: BackendChoice,
  workload: Workload,
  selfTest: SelfTest,
): Promise<BackendReport> {
  if (choice !== 'auto') return startChosen(choice, workload, selfTest);
  const reasons: string[] = [];
  for (const name of candidates(workload)) {
    const device = await findDevice(name);
    if (typeof device === 'string') {
      reasons.push(`${LABEL[name]} is not used: ${device}.`);
      continue;
    }
    if (name === 'webgpu' && device.software) {
      reasons.push(`WebGPU is not used: its device${named(device)} is a program, not a graphics card.`);
      continue;
    }
    const fault = await tryBackend(name, workload, selfTest);
    if (fault) reasons.push(`${LABEL[name]} is not used: ${fault}.`);
    else return report(name, device, [praise(name, device, workload), ...reasons].join(' '));
  }
  throw new ProblemError(
    `No backend computes correctly in this browser. ${reasons.join(' ')}`,
    'Use a current version of Chrome, Edge, Firefox or Safari.',
  );
}

function candidates(workload: Workload): readonly BackendName[] {
  return workload === 'frozen' ? ['webgpu', 'wasm', 'webgl', 'cpu'] : ['webgpu', 'webgl', 'cpu'];
}

async function startChosen(
  name: BackendName,
  workload: Workload,
  selfTest: SelfTest,
): Promise<BackendReport> {
  const other = 'Choose "auto" or another backend under "Advanced".';
  if (name === 'wasm' && workload === 'whole') {
    throw new ProblemError(
      'The WebAssembly backend cannot train a whole network: it has no gradients of convolutions.',
      `${other} With the Quick preset it works.`,
    );
  }
  const device = await findDevice(name);
  if (typeof device === 'string') throw new ProblemError(`${LABEL[name]} cannot be used: ${device}.`, other);
  const fault = await tryBackend(name, workload, selfTest);
  if (fault) throw new ProblemError(`${LABEL[name]} cannot be used: ${fault}.`, other);
  const slow = device.software ? ' Its device is a program, not a graphics card, so it is slow.' : '';
  return report(name, device, `${LABEL[name]}${named(device)}, because the settings ask for it.${slow}`);
}

/** Null when the backend is active and passed its test; otherwise in a few words what is wrong. */
async function tryBackend(name: BackendName, workload: Workload, selfTest: SelfTest): Promise<string | null> {
  try {
    await startBackend(name);
    const key = `${name}/${workload}`;
    if (name === 'cpu' || passed.has(key)) return null;
    const difference = await selfTest(name, workload);
    if (!(difference <= TOLERANCE)) {
      return `its gradients differ from the CPU's by ${(difference * 100).toPrecision(2)} %`;
    }
    passed.add(key);
    return null;
  } catch (thrown) {
    return `it failed to start (${thrown instanceof Error ? thrown.message : String(thrown)})`;
  }
}

async function findDevice(name: BackendName): Promise<Device | string> {
  if (name === 'webgpu') return findWebGpu();
  if (name === 'webgl') return findWebGl();
  return { name: '', software: false };
}

function report(name: BackendName, device: Device, why: string): BackendReport {
  return { name, why, device: device.name, threads: 1 };
}

const named = (device: Device): string => (device.name ? ` (${device.name})` : '');

function praise(name: BackendName, device: Device, workload: Workload): string {
  switch (name) {
    case 'webgpu':
      return `WebGPU on the graphics card${named(device)} is the fastest that this browser has.`;
    case 'wasm':
      return 'WebAssembly on one thread of the processor.';
    case 'webgl':
      return device.software
        ? `WebGL on a software renderer${named(device)}: slow, but there is nothing faster here.`
        : `WebGL on the graphics card${named(device)}.`;
    case 'cpu':
      return `Plain JavaScript on one thread of the processor: the last resort, and slow${
        workload === 'whole' ? '; choose a small network and few epochs' : ''
      }.`;
  }
}
