import * as tf from '@tensorflow/tfjs-core';
import type { AugmentConfig } from '../config/training-config.ts';
import { drawAugmentation } from '../dataset/augment.ts';
import { imageBatch } from '../dataset/batch.ts';
import { picturesOnDevice, picturesRunOnDevice } from '../engine/ops/pictures.ts';
import { assert } from '../lib/assert.ts';
import { type Channels, type PixelRange, STANDARD_RANGE, scalePixels } from '../lib/pixel-range.ts';
import type { Random } from '../lib/random.ts';

/**
 * RGB bytes as a network's input.
 *
 * @param faces edge x edge x 3 bytes each
 * @param range that of the network; the one of this program's own networks if not given
 * @param channels that the network takes; 1: luminance
 * @returns [B, edge, edge, channels]
 */
export function pixelsToTensor(
  faces: readonly Uint8Array[],
  edge: number,
  range: PixelRange = STANDARD_RANGE,
  channels: Channels = 3,
): tf.Tensor4D {
  if (picturesRunOnDevice()) return picturesOnDevice(faces, edge, range, channels);
  const size = edge * edge * 3;
  const taken = edge * edge * channels;
  const values = new Float32Array(faces.length * taken);
  faces.forEach((face, row) => {
    assert(face.length === size, `a picture of ${face.length} bytes where ${size} are needed`);
    scalePixels(face, values.subarray(row * taken, (row + 1) * taken), range, channels);
  });
  return tf.tensor4d(values, [faces.length, edge, edge, channels]);
}

/**
 * As {@link pixelsToTensor}, each picture augmented by a new draw. All backends draw the same; a graphics device
 * computes the pictures itself.
 *
 * @returns [B, edge, edge, channels]
 */
export function augmentedToTensor(
  faces: readonly Uint8Array[],
  edge: number,
  config: AugmentConfig,
  random: Random,
  range: PixelRange = STANDARD_RANGE,
  channels: Channels = 3,
): tf.Tensor4D {
  if (picturesRunOnDevice()) {
    const changes = faces.map(() => drawAugmentation(config, random));
    return picturesOnDevice(faces, edge, range, channels, changes);
  }
  const shape: [number, number, number, number] = [faces.length, edge, edge, channels];
  return tf.tensor4d(imageBatch(faces, edge, config, range, random, channels), shape);
}
