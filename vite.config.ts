import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Cross-origin isolation: SharedArrayBuffer, and with it threads in WebAssembly. */
export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/**
 * TensorFlow.js starts its WebAssembly threads from the source text of a function (`toString`). That function
 * reads `_scriptDir` of its enclosing scope, which minification renames, so the threads would die with a
 * ReferenceError in the built page. The value is never needed here (the binaries' URLs are given), so it goes.
 */
function selfContainedThreads(): Plugin {
  return {
    name: 'self-contained-wasm-threads',
    transform(code, id) {
      if (!id.includes('tfjs-backend-wasm-threaded-simd.js')) return null;
      const changed = code
        .replace(/^\s*var _scriptDir = .*$/m, '')
        .replace(/^\s*if \(typeof __filename !== 'undefined'\) _scriptDir = .*$/m, '')
        .replaceAll('_scriptDir', 'undefined');
      if (changed === code) this.error('the thread script of TensorFlow.js has changed; look at it again');
      return { code: changed, map: null };
    },
  };
}

export default defineConfig({
  plugins: [react(), selfContainedThreads()],
  base: './',
  worker: { format: 'es', plugins: () => [selfContainedThreads()] },
  server: { headers: isolationHeaders },
  preview: { headers: isolationHeaders },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 2500,
    rolldownOptions: { input: ['index.html', 'headless.html'] },
  },
});
