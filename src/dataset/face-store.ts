import { FACE_SIZE } from '../domain/faces.ts';
import { ProblemError, throwIfAborted } from '../lib/problem.ts';
import { enlargeFace, resizeFace } from './resize.ts';

/** Decoded this many at a time: enough to overlap reading and decoding, little memory. */
const AT_ONCE = 16;

/**
 * Decodes aligned faces to RGB bytes, at the size that the network takes.
 *
 * Colours are taken as they are stored and alpha is not multiplied in, so that the bytes are those that
 * were encoded. A face of another size is drawn onto FACE_SIZE x FACE_SIZE first.
 *
 * @param onProgress called after some faces, and waited for
 * @param edge edge of the result in pixels: areas are averaged below FACE_SIZE, pixels interpolated above
 * @returns edge x edge x 3 bytes for each blob, row by row
 * @throws ProblemError when one cannot be decoded, CancelledError when the signal is given
 */
export async function decodeFaces(
  blobs: readonly Blob[],
  edge: number,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void | Promise<void> = () => {},
): Promise<Uint8Array[]> {
  const faces: Uint8Array[] = [];
  const canvas = new OffscreenCanvas(FACE_SIZE, FACE_SIZE);
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (!context) {
    throw new ProblemError(
      'This browser provides no canvas to read images with.',
      'Close other tabs or use another browser.',
    );
  }
  for (let start = 0; start < blobs.length; start += AT_ONCE) {
    throwIfAborted(signal);
    const bitmaps = await Promise.all(blobs.slice(start, start + AT_ONCE).map(toBitmap));
    for (const bitmap of bitmaps) {
      context.drawImage(bitmap, 0, 0, FACE_SIZE, FACE_SIZE);
      bitmap.close();
      faces.push(faceBytes(context.getImageData(0, 0, FACE_SIZE, FACE_SIZE).data, edge));
    }
    await onProgress(faces.length, blobs.length);
  }
  return faces;
}

/**
 * An aligned face as a network takes it.
 *
 * @param rgba FACE_SIZE x FACE_SIZE x 4 bytes
 * @param edge as for {@link decodeFaces}
 * @returns edge x edge x 3 bytes, row by row
 */
export function faceBytes(rgba: Uint8ClampedArray, edge: number): Uint8Array {
  const rgb = dropAlpha(rgba);
  if (edge === FACE_SIZE) return rgb;
  return edge < FACE_SIZE ? resizeFace(rgb, FACE_SIZE, edge) : enlargeFace(rgb, FACE_SIZE, edge);
}

async function toBitmap(blob: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  } catch {
    throw new ProblemError(
      'One of the faces could not be decoded for training.',
      'Remove that photo on the Data screen or load the data again.',
    );
  }
}

function dropAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from] ?? 0;
    rgb[to + 1] = rgba[from + 1] ?? 0;
    rgb[to + 2] = rgba[from + 2] ?? 0;
  }
  return rgb;
}
