import '@tensorflow/tfjs-backend-cpu';
import {
  findBackendFactory,
  getKernelsForBackend,
  registerBackend,
  registerKernel,
  removeBackend,
} from '@tensorflow/tfjs-core';
import { SimdBackend } from './host/backend.ts';
import { Heap, MOST_PAGES } from './host/heap.ts';
import { adopt } from './host/kernel.ts';
import { compileKernels, instantiate } from './host/module.ts';
import { ThreadPool } from './host/thread-pool.ts';
import { batchNormKernels } from './kernels/batch-norm.ts';
import { compareSelectKernels } from './kernels/compare-select.ts';
import { convKernels } from './kernels/conv.ts';
import { depthwiseKernels } from './kernels/depthwise.ts';
import { elementwiseKernels } from './kernels/elementwise.ts';
import { fusedMatmulKernels } from './kernels/fused-matmul.ts';
import { matmulKernels } from './kernels/matmul.ts';
import { optimiserKernels } from './kernels/optimisers.ts';
import { poolKernels } from './kernels/pooling.ts';
import { reduceKernels } from './kernels/reduce.ts';
import { resizeKernels } from './kernels/resize.ts';
import { rowKernels } from './kernels/rows.ts';
import { shapeKernels } from './kernels/shape.ts';

const FIRST_PAGES = 256;

export interface SimdOptions {
  /** Threads, the calling one included; 1 where memory is not shared or there are no web workers, as in Node. */
  readonly threads: number;
  /** False uses fixed SIMD even where relaxed SIMD is available. */
  readonly relaxed: boolean;
  /** False uses unshared memory even where it could be shared; there is one thread then. */
  readonly shared: boolean;
  /** Most memory, in pages of 64 kB: at most 65536, which is 4 GB. */
  readonly mostPages?: number;
  /** A thread that has not answered in this time has failed. */
  readonly lostAfterMs?: number;
}

/**
 * As many threads as the machine has cores, where memory can be shared between them: in a page that is cross-origin
 * isolated. Node has no web workers: there is one thread.
 */
export function bestOptions(): SimdOptions {
  // Both are absent in Node 20, whatever the types say.
  const device: { readonly hardwareConcurrency: number } | undefined = globalThis.navigator;
  const isolated: boolean | undefined = globalThis.crossOriginIsolated;
  return { threads: device?.hardwareConcurrency ?? 1, relaxed: true, shared: isolated ?? false };
}

let registered = false;
let current: SimdBackend | null = null;

/** The backend that was started last, or null. */
export const simdBackend = (): SimdBackend | null => current;

/**
 * Registers the backend `simd` for `tf.setBackend('simd')`, for any TensorFlow.js model: it has every operation and
 * gradient, with kernels of ours in place of the published CPU backend's where there are such. Closes a backend `simd`
 * that was started before.
 *
 * @throws Error where WebAssembly SIMD is not available
 */
export async function startSimd(options: SimdOptions = bestOptions()): Promise<SimdBackend> {
  if (!registered) registerKernels();
  const { shared } = options;
  const { module } = await compileKernels(shared, options.relaxed);
  const maximum = options.mostPages ?? MOST_PAGES;
  const memory = new WebAssembly.Memory({ initial: Math.min(FIRST_PAGES, maximum), maximum, shared });
  const heap = new Heap(memory, maximum);
  const kernels = await instantiate(module, memory);
  const pool = await ThreadPool.start(
    heap,
    module,
    kernels,
    shared && 'Worker' in globalThis ? options.threads - 1 : 0,
    options.lostAfterMs,
  );
  const backend = new SimdBackend(pool);
  if (findBackendFactory('simd')) removeBackend('simd');
  registerBackend('simd', () => backend);
  current = backend;
  return backend;
}

/** All kernels of the published CPU backend, ours in the place of some. */
function registerKernels(): void {
  const ours = new Map(
    [
      ...matmulKernels,
      ...convKernels,
      ...depthwiseKernels,
      ...poolKernels,
      ...batchNormKernels,
      ...optimiserKernels,
      ...elementwiseKernels,
      ...reduceKernels,
      ...fusedMatmulKernels,
      ...shapeKernels,
      ...compareSelectKernels,
      ...rowKernels,
      ...resizeKernels,
    ].map((config) => [config.kernelName, config]),
  );
  for (const published of getKernelsForBackend('cpu')) {
    registerKernel(ours.get(published.kernelName) ?? adopt(published));
    ours.delete(published.kernelName);
  }
  for (const config of ours.values()) registerKernel(config);
  registered = true;
}
