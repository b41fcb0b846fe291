import type { AugmentConfig } from '../config/training-config.ts';
import { type Channels, type PixelRange, scalePixels } from '../lib/pixel-range.ts';
import type { Random } from '../lib/random.ts';
import { augmentFace, drawAugmentation } from './augment.ts';

/**
 * The network's input for a batch of augmented pictures.
 *
 * @param faces edge x edge x 3 bytes each
 * @returns [B, edge, edge, channels], row-major
 */
export function imageBatch(
  faces: readonly Uint8Array[],
  edge: number,
  config: AugmentConfig,
  range: PixelRange,
  random: Random,
  channels: Channels = 3,
): Float32Array {
  const size = edge * edge * 3;
  const values = new Float32Array(faces.length * size);
  faces.forEach((face, row) => {
    augmentFace(face, edge, drawAugmentation(config, random), values.subarray(row * size, (row + 1) * size));
  });
  const input = channels === 3 ? values : new Float32Array(values.length / 3);
  scalePixels(values, input, range, channels);
  return input;
}

/**
 * A batch of cached features, each of the picture or of its mirror image with probability 1/2.
 *
 * @param features [N, 2, D]: of the picture, of its mirror image
 * @param rows which pictures
 * @returns [B, D], row-major
 */
export function featureBatch(
  features: Float32Array,
  dimension: number,
  rows: readonly number[],
  mirror: boolean,
  random: Random,
): Float32Array {
  const values = new Float32Array(rows.length * dimension);
  rows.forEach((row, i) => {
    const side = random.next() < 0.5 && mirror ? 1 : 0;
    const at = (row * 2 + side) * dimension;
    values.set(features.subarray(at, at + dimension), i * dimension);
  });
  return values;
}
