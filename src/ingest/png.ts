import { assert } from '../lib/assert.ts';
import type { Pixels } from './pixels.ts';

/** Packs opaque pixels losslessly as PNG. */
export async function toPng(pixels: Pixels): Promise<Blob> {
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  assert(context !== null, 'a small canvas can be made');
  const image = new ImageData(pixels.width, pixels.height);
  image.data.set(pixels.data);
  context.putImageData(image, 0, 0);
  return canvas.convertToBlob({ type: 'image/png' });
}

/** SHA-256 of the bytes in hexadecimal; null where the page has no cryptography (served without https). */
export async function contentHash(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
  // Absent at run time outside secure contexts, whatever the type says.
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  if (!subtle) return null;
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
