import '@tensorflow/tfjs-backend-cpu';
import { setThreadsCount, setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plainUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import threadedUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import { enableProdMode, env, ready, setBackend } from '@tensorflow/tfjs-core';

/** What {@link startWasm} may be told; the defaults are what was measured to be best for small networks. */
export interface WasmOptions {
  /** Threads of the threaded build; 1 takes the plain SIMD build. Ignored where the page is not isolated. */
  readonly threads?: number;
}

let started: Promise<void> | null = null;

/**
 * Sets up TensorFlow.js on its WebAssembly backend, once per worker: registers it, says where its binaries lie
 * and waits until it computes. Where WebAssembly cannot start, the CPU backend is set instead: slower, the same
 * results. Ask `getBackend()` which one it became.
 */
export function startWasm(options: WasmOptions = {}): Promise<void> {
  started ??= start(options.threads ?? 1);
  return started;
}

async function start(threads: number): Promise<void> {
  enableProdMode();
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plainUrl,
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    'tfjs-backend-wasm-threaded-simd.wasm': threadedUrl,
  });
  if (threads > 1 && globalThis.crossOriginIsolated) setThreadsCount(threads);
  else env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const works = await setBackend('wasm').catch((thrown: unknown) => {
    console.warn('The WebAssembly backend did not start; the plain CPU backend is used.', thrown);
    return false;
  });
  if (!works) await setBackend('cpu');
  await ready();
}
