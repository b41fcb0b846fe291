/** The contents of a file beside this program: fetched in a browser, read from disk in Node. */
export async function readBytes(url: URL): Promise<ArrayBuffer> {
  if (url.protocol === 'file:') return readFile(url);
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the kernels could not be loaded (${response.status})`);
  return response.arrayBuffer();
}

interface FileSystem {
  readFile(url: URL): Promise<Uint8Array<ArrayBuffer>>;
}

async function readFile(url: URL): Promise<ArrayBuffer> {
  // By a variable, so that bundlers for browsers leave it alone: Node's fetch reads no files.
  const module = 'node:fs/promises';
  const files: FileSystem = await import(/* @vite-ignore */ module);
  return new Uint8Array(await files.readFile(url)).buffer;
}
