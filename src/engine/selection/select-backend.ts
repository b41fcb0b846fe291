import type { BackendChoice, BackendName } from '../../config/training-config.ts';
import type { BackendReport } from '../../domain/backend.ts';
import { CancelledError, ProblemError } from '../../lib/problem.ts';
import { simdBackend } from '../simd/start.ts';
import { type Device, findWebGl, findWebGpu } from './devices.ts';
import { startBackend } from './start-backend.ts';
import { fastest, recallSpeeds, type Speeds, storeSpeeds } from './stored-speeds.ts';

/**
 * What is going to be computed: gradients of a dense layer only, on features of a frozen backbone, or gradients
 * of a convolutional network end to end.
 */
export type Workload = 'frozen' | 'end-to-end';

/**
 * Compares one gradient on the active backend with the CPU backend's and leaves the active one active.
 *
 * @returns largest difference relative to the largest entry
 */
export type SelfTest = (backend: BackendName, workload: Workload) => Promise<number>;

/** What a backend is chosen for. */
export interface BenchmarkJob {
  readonly workload: Workload;
  /** Differs where speeds differ: backbone, size, batch. Measured speeds are stored by it. */
  readonly key: string;
  readonly selfTest: SelfTest;
  /**
   * Images per second of a few real steps on the active backend; null for no benchmark. Called only where more than one
   * backend could be the fastest.
   */
  readonly benchmark: ((backend: BackendName) => Promise<number>) | null;
}

interface Candidate {
  readonly name: BackendName;
  readonly device: Device;
}

/** Changed with kernels that change what is fastest: speeds measured before are measured again. */
const KERNELS = 'webgpu 2';

/** Largest relative difference between a backend's gradient and the CPU's that counts as rounding. */
const TOLERANCE = 1e-3;

export const LABEL: Readonly<Record<BackendName, string>> = {
  webgpu: 'WebGPU',
  simd: 'WebAssembly SIMD',
  webgl: 'WebGL',
  cpu: 'plain JavaScript',
};

const OTHER_CHOICE = 'Choose "Automatic" or another backend under "Backend".';

/** Self-tests passed since the page was loaded: the result does not change. */
const passed = new Set<string>();

/**
 * Chooses, starts and tests a backend. `auto` takes the fastest of those that compute correctly: a GPU through WebGPU
 * (else WebGL), and the CPU through WebAssembly. Where both can, a few steps are timed on each, and the speeds stored for
 * this device. WebGL on a software renderer and plain JavaScript are last resorts.
 *
 * @param failed backends whose device failed in the middle of the job: never taken, whatever the choice
 * @throws ProblemError when the backend that was asked for cannot do it
 */
export async function selectBackend(
  choice: BackendChoice,
  job: BenchmarkJob,
  failed: readonly BackendName[] = [],
): Promise<BackendReport> {
  if (choice !== 'auto' && failed.length === 0) return startChosen(choice, job);
  const reasons = failed.map((name) => `${LABEL[name]} is not used: its device failed during this run.`);
  const able = await ableBackends(job, failed, reasons);
  const only = able.length === 1 ? able[0] : undefined;
  if (only) {
    await startBackend(only.name); // another may have been tried after it
    return report(only, [reasonFor(only), ...reasons]);
  }
  if (able.length > 1) return startFastest(able, job, reasons);
  for (const name of ['webgl', 'cpu'] as const) {
    if (failed.includes(name)) continue;
    const device = name === 'webgl' ? findWebGl() : { name: '', software: false };
    if (typeof device === 'string') continue;
    const fault = await tryBackend(name, job);
    if (fault === null) return report({ name, device }, [lastResort(name, device, job.workload), ...reasons]);
    reasons.push(`${LABEL[name]} is not used: ${fault}.`);
  }
  throw new ProblemError(
    `No backend computes correctly in this browser. ${reasons.join(' ')}`,
    'Use a current version of Chrome, Edge, Firefox or Safari.',
  );
}

/** Backends that could be the fastest, started once and tested; `reasons` says why not the others. */
async function ableBackends(
  job: BenchmarkJob,
  failed: readonly BackendName[],
  reasons: string[],
): Promise<Candidate[]> {
  const able: Candidate[] = [];
  for (const name of ['webgpu', 'simd', 'webgl'] as const) {
    if (failed.includes(name)) continue;
    // The same GPU through a slower interface.
    if (name === 'webgl' && able.some((other) => other.name === 'webgpu')) continue;
    const device = await findDevice(name);
    if (typeof device === 'string') {
      reasons.push(`${LABEL[name]} is not used: ${device}.`);
      continue;
    }
    if (device.software) {
      reasons.push(
        `${LABEL[name]} is not used: its device${named(device)} is a software renderer, not a GPU.`,
      );
      continue;
    }
    const fault = await tryBackend(name, job);
    if (fault) reasons.push(`${LABEL[name]} is not used: ${fault}.`);
    else able.push({ name, device });
  }
  return able;
}

async function startFastest(
  able: readonly Candidate[],
  job: BenchmarkJob,
  reasons: readonly string[],
): Promise<BackendReport> {
  const key = [
    job.key,
    KERNELS,
    navigator.userAgent,
    ...able.map(({ name, device }) => `${name} ${device.name}`),
  ].join('|');
  const known = await recallSpeeds(key);
  const rates = known ?? (await measured(able, job));
  if (!known && rates) await storeSpeeds(key, rates);
  const name = rates ? fastest(rates, able) : able[0]?.name;
  const winner = able.find((candidate) => candidate.name === name);
  if (!winner) throw new Error('Internal error: no backend among those that can');
  await startBackend(winner.name);
  if (!rates) return report(winner, [reasonFor(winner), ...reasons]);
  const speeds = able
    .map((candidate) => `${place(candidate)}: ${speed(rates[candidate.name] ?? 0)}`)
    .join('; ');
  const when = known ? 'measured here before' : 'measured just now';
  return report(winner, [`${speeds} (${when}). The fastest is used.`, ...reasons]);
}

/** Images per second of each, or null without a benchmark. */
async function measured(able: readonly Candidate[], { benchmark }: BenchmarkJob): Promise<Speeds | null> {
  if (!benchmark) return null;
  const rates: Speeds = {};
  for (const { name } of able) {
    await startBackend(name);
    rates[name] = await benchmark(name).catch((thrown: unknown) => {
      if (thrown instanceof CancelledError) throw thrown;
      console.warn(`${name} crashed in the benchmark`, thrown);
      return 0;
    });
  }
  return rates;
}

async function startChosen(name: BackendName, job: BenchmarkJob): Promise<BackendReport> {
  const device = await findDevice(name);
  if (typeof device === 'string')
    throw new ProblemError(`${LABEL[name]} cannot be used: ${device}.`, OTHER_CHOICE);
  const fault = await tryBackend(name, job);
  if (fault) throw new ProblemError(`${LABEL[name]} cannot be used: ${fault}.`, OTHER_CHOICE);
  const slow = device.software ? ' Its device is a software renderer, not a GPU, so it is slow.' : '';
  const candidate = { name, device };
  return report(candidate, [`${place(candidate)}, because the settings ask for it.${slow}`]);
}

/** Null when the backend is active and passed its test; otherwise what is wrong. */
async function tryBackend(name: BackendName, { workload, selfTest }: BenchmarkJob): Promise<string | null> {
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

function report({ name, device }: Candidate, why: readonly string[]): BackendReport {
  const sentences = name === 'simd' ? [...why, ...moreThreads()] : why;
  const threads = name === 'simd' ? (simdBackend()?.threads.size ?? 1) : 1;
  return { name, why: sentences.join(' '), device: device.name, threads };
}

/** What would let the CPU backend use all cores, where it cannot. */
function moreThreads(): string[] {
  const cores = navigator.hardwareConcurrency;
  if (globalThis.crossOriginIsolated || cores < 2) return [];
  return [
    `It uses one of ${cores} cores, because the page is not isolated: served with the headers ` +
      'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp it would use all.',
  ];
}

const named = (device: Device): string => (device.name ? ` (${device.name})` : '');

function place({ name, device }: Candidate): string {
  if (name !== 'simd') return `${LABEL[name]}${named(device)}`;
  const threads = simdBackend()?.threads.size ?? 1;
  return `${LABEL.simd} on ${threads === 1 ? 'one thread' : `${threads} threads`} of the CPU`;
}

const speed = (rate: number): string =>
  rate > 0 ? `${rate < 10 ? rate.toFixed(1) : Math.round(rate)} images/s` : 'crashed';

const reasonFor = (candidate: Candidate): string =>
  candidate.name === 'simd'
    ? `${place(candidate)}: the fastest that this browser has.`
    : `${place(candidate)}, a GPU.`;

function lastResort(name: 'webgl' | 'cpu', device: Device, workload: Workload): string {
  if (name === 'webgl') {
    return device.software
      ? `WebGL on a software renderer${named(device)}: slow, but there is nothing faster here.`
      : `WebGL on the GPU${named(device)}.`;
  }
  const advice = workload === 'end-to-end' ? '; choose a small network and few epochs' : '';
  return `Plain JavaScript on one thread of the CPU: the last resort, and slow${advice}.`;
}
