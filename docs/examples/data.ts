/** Pictures to try the examples with: drawn by a seed, so that every run is the same. */
import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from 'arcface-studio';

export const EDGE = 12;
export const CLASSES = 5;

export interface Pictures {
  /** [N, EDGE, EDGE, 1] */
  readonly images: tf.Tensor4D;
  /** [N, CLASSES] */
  readonly oneHot: tf.Tensor2D;
  /** [N], int32 */
  readonly labels: tf.Tensor1D;
}

/**
 * Every class is a pattern of two waves of its own; every picture of it is moved a little and has noise.
 *
 * @param each pictures of a class
 * @param noise standard deviation of the noise; the waves have height 1
 * @param classes of which the pictures are; with another `first`, classes never trained on
 */
export function drawPictures(
  each: number,
  seed: number,
  noise = 0.6,
  classes = CLASSES,
  first = 0,
): Pictures {
  const random = createRandom(seed);
  const labels = Array.from({ length: each * classes }, (_, i) => i % classes);
  const images = labels.flatMap((label) => {
    const waves = createRandom(1000 + first + label);
    const [a, b, c, d] = [waves, waves, waves, waves].map((one) => one.between(-0.9, 0.9));
    const [x0, y0] = [random.between(-1, 1), random.between(-1, 1)];
    return Array.from({ length: EDGE * EDGE }, (_, i) => {
      const [x, y] = [(i % EDGE) + x0, Math.floor(i / EDGE) + y0];
      const value = Math.sin((a ?? 0) * x + (b ?? 0) * y) + Math.sin((c ?? 0) * x - (d ?? 0) * y);
      return value / 2 + noise * random.normal();
    });
  });
  return {
    images: tf.tensor4d(images, [labels.length, EDGE, EDGE, 1]),
    labels: tf.tensor1d(labels, 'int32'),
    oneHot: tf.tidy(() => tf.oneHot(labels, classes, 1, 0, 'float32') as tf.Tensor2D),
  };
}
