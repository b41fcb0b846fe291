/**
 * Serves the built page on this machine only, with the headers for cross-origin isolation.
 * As a program: `node scripts/serve.mjs [--port N]`; prints the URL.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const TYPES = /** @type {Record<string, string>} */ ({
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.bin': 'application/octet-stream',
});

/**
 * @param {string} folder what to serve
 * @param {number} port 0 takes any free one
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export function serveFolder(folder, port) {
  const server = createServer(async (request, response) => {
    const headers = {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-cache',
    };
    const fail = (/** @type {number} */ code, /** @type {string} */ text) =>
      response.writeHead(code, { ...headers, 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return fail(405, 'Only GET is answered here.');
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
      const file = normalize(join(folder, path.endsWith('/') ? `${path}index.html` : path));
      if (!file.startsWith(folder + sep)) return fail(404, 'Not found.');
      const info = await stat(file).catch(() => null);
      if (!info?.isFile()) return fail(404, 'Not found.');
      response.writeHead(200, {
        ...headers,
        'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
        'Content-Length': info.size,
      });
      if (request.method === 'HEAD') return response.end();
      return createReadStream(file).pipe(response);
    } catch {
      return fail(400, 'Bad request.');
    }
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const actual = typeof address === 'object' && address ? address.port : port;
      resolve({
        url: `http://127.0.0.1:${actual}/`,
        close: () =>
          new Promise((done) => {
            server.closeAllConnections();
            server.close(() => done());
          }),
      });
    });
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '4173' } } });
  const folder = join(import.meta.dirname, '..', 'dist');
  const wanted = Number(values.port);
  const { url } = await serveFolder(folder, wanted).catch((error) => {
    if (error.code === 'EADDRINUSE') return serveFolder(folder, 0);
    throw error;
  });
  console.log(`arcface-studio is at ${url}  (Ctrl+C ends it)`);
}
