import * as tf from '@tensorflow/tfjs-core';
import { assert } from '../lib/assert.ts';
import { type PixelRange, STANDARD_RANGE } from '../lib/pixel-range.ts';

/**
 * RGB bytes as the network's input.
 *
 * @param faces edge x edge x 3 bytes each
 * @param range that of the network; the one of this program's own networks if not given
 * @returns [B, edge, edge, 3]
 */
export function pixelsToTensor(
  faces: readonly Uint8Array[],
  edge: number,
  { mean, divisor }: PixelRange = STANDARD_RANGE,
): tf.Tensor4D {
  const size = edge * edge * 3;
  const values = new Float32Array(faces.length * size);
  faces.forEach((face, row) => {
    assert(face.length === size, `a picture of ${face.length} bytes where ${size} are needed`);
    const at = row * size;
    for (let channel = 0; channel < 3; channel++) {
      const [m, d] = [mean[channel] ?? 0, divisor[channel] ?? 1];
      for (let i = channel; i < size; i += 3) values[at + i] = ((face[i] ?? 0) - m) / d;
    }
  });
  return tf.tensor4d(values, [faces.length, edge, edge, 3]);
}
