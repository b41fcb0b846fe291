import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type Channels, type PixelRange, scalePixels } from '../../lib/pixel-range.ts';
import { ProblemError } from '../../lib/problem.ts';
import { rawEmbeddings } from '../raw-embeddings.ts';
import { selfTestPicture } from './test-pictures.ts';

export interface SelfTestInput {
  /** Edge of the pictures that the network takes. */
  readonly size: number;
  readonly channels: Channels;
  readonly range: PixelRange;
}

/**
 * Raw embedding of the picture that the manifest describes by its SELF_TEST_PICTURE.
 *
 * @throws ProblemError where it holds numbers that are not finite
 */
export async function embedSelfTest(
  model: LayersModel,
  { size, channels, range }: SelfTestInput,
): Promise<number[]> {
  const picture = new Float32Array(size * size * channels);
  scalePixels(selfTestPicture(size), picture, range, channels);
  const input = tf.tensor4d(picture, [1, size, size, channels]);
  try {
    const values = [...(await rawEmbeddings(model, input))];
    if (values.every(Number.isFinite)) return values;
    throw new ProblemError(
      'The network gives no numbers for a test picture, so it is broken; its file is not offered.',
      'Train again with a smaller learning rate.',
    );
  } finally {
    input.dispose();
  }
}
