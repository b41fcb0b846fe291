import * as tf from '@tensorflow/tfjs-core';
import { assert } from '../lib/assert.ts';

/** Pixels 0...255 become (x - PIXEL_MEAN) / PIXEL_SCALE, as the pretrained MobileFaceNet expects. */
export const PIXEL_MEAN = 127.5;
export const PIXEL_SCALE = 128;

/**
 * RGB bytes as the network's input.
 *
 * @param faces edge x edge x 3 bytes each
 * @returns [B, edge, edge, 3], about -1...1
 */
export function pixelsToTensor(faces: readonly Uint8Array[], edge: number): tf.Tensor4D {
  const size = edge * edge * 3;
  const values = new Float32Array(faces.length * size);
  faces.forEach((face, row) => {
    assert(face.length === size, `a picture of ${face.length} bytes where ${size} are needed`);
    const at = row * size;
    for (let i = 0; i < size; i++) values[at + i] = ((face[i] ?? 0) - PIXEL_MEAN) / PIXEL_SCALE;
  });
  return tf.tensor4d(values, [faces.length, edge, edge, 3]);
}
