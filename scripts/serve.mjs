/**
 * Serves the built page on this machine only, with the headers for cross-origin isolation.
 * As a program: `node scripts/serve.mjs [--port N]`; prints the URL.
 */
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import sirv from 'sirv';

const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-cache',
};

/**
 * @param {string} folder what to serve
 * @param {number} port 0 takes any free one
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export function serveFolder(folder, port) {
  const files = sirv(folder, { dev: true, etag: true }); // dev: files may be written while it serves
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    delete request.headers.range; // sirv throws on a range that ends before it begins; whole files do
    files(request, response, () =>
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found.'),
    );
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
