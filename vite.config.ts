import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { buildSimd } from './scripts/build-simd.mjs';
import { layerModulePlugin } from './scripts/layer-module.mjs';
import { recogniserPage } from './scripts/recogniser-page.ts';

/** Cross-origin isolation: what SharedArrayBuffer, and with it threads in WebAssembly, will need. */
export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Compiles the kernels of the `simd` backend before anything asks for them. */
export const simdKernels: Plugin = { name: 'simd-kernels', buildStart: buildSimd };

export default defineConfig({
  plugins: [react(), simdKernels, layerModulePlugin(), recogniserPage],
  base: './',
  // A build gives workers only the plugins that are named here.
  worker: { format: 'es', plugins: () => [layerModulePlugin()] },
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 2500,
    rolldownOptions: { input: ['index.html', 'headless.html'] },
  },
});
