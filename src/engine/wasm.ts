import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plainUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import { enableProdMode, env, ready, setBackend } from '@tensorflow/tfjs-core';

let started: Promise<void> | null = null;

/**
 * Sets up TensorFlow.js on its WebAssembly backend, once per worker: registers it, says where its binaries lie
 * and waits until it computes. Where WebAssembly cannot start, the CPU backend is set instead: slower, the same
 * results. Ask `getBackend()` which one it became.
 *
 * One thread, on purpose: docs/decisions/004-one-wasm-thread.md.
 */
export function startWasm(): Promise<void> {
  started ??= start();
  return started;
}

async function start(): Promise<void> {
  enableProdMode();
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plainUrl,
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    // Must be named, is never loaded: threads are switched off in the next line.
    'tfjs-backend-wasm-threaded-simd.wasm': simdUrl,
  });
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const works = await setBackend('wasm').catch((thrown: unknown) => {
    console.warn('The WebAssembly backend did not start; the plain CPU backend is used.', thrown);
    return false;
  });
  if (!works) await setBackend('cpu');
  await ready();
}
