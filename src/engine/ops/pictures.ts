import * as tf from '@tensorflow/tfjs-core';
import { type Augmentation, unchanged } from '../../dataset/augment.ts';
import { augmentationForm, FORM } from '../../dataset/augmentation-form.ts';
import { assert, present } from '../../lib/assert.ts';
import { type Channels, luminanceRange, type PixelRange } from '../../lib/pixel-range.ts';
import { hasKernel, runKernel } from './custom-kernels.ts';

/** What the kernel `ArcPictures` is told besides its tensors. */
export type PictureAttributes = Readonly<
  Record<
    | 'edge'
    | 'channels'
    | 'meanRed'
    | 'meanGreen'
    | 'meanBlue'
    | 'divisorRed'
    | 'divisorGreen'
    | 'divisorBlue',
    number
  >
>;

/** True where the active backend augments and scales pictures itself, see {@link picturesOnDevice}. */
export const picturesRunOnDevice = (): boolean => hasKernel('ArcPictures');

/**
 * Pictures as the input of a network, augmented and scaled on the device: only their bytes are uploaded. The same as
 * `augmentFace` and `scalePixels`, up to the rounding of 32 bits.
 *
 * @param faces RGB bytes, edge x edge x 3 each
 * @param changes the augmentation of each; none if not given
 * @returns [B, edge, edge, channels]
 */
export function picturesOnDevice(
  faces: readonly Uint8Array[],
  edge: number,
  range: PixelRange,
  channels: Channels,
  changes?: readonly Augmentation[],
): tf.Tensor4D {
  const size = edge * edge * 3;
  const words = Math.ceil(size / 4);
  const packed = new Int32Array(faces.length * words);
  const bytes = new Uint8Array(packed.buffer);
  const forms = new Float32Array(faces.length * FORM);
  faces.forEach((face, row) => {
    assert(face.length === size, `a picture of ${face.length} bytes where ${size} are needed`);
    bytes.set(face, row * words * 4);
    forms.set(augmentationForm(changes?.[row] ?? unchanged, edge), row * FORM);
  });
  const { mean, divisor } = channels === 1 ? luminanceRange(range) : range;
  const attributes: PictureAttributes = {
    edge,
    channels,
    meanRed: mean[0],
    meanGreen: mean[1],
    meanBlue: mean[2],
    divisorRed: divisor[0],
    divisorGreen: divisor[1],
    divisorBlue: divisor[2],
  };
  return tf.tidy(() => {
    const inputs = {
      bytes: tf.tensor2d(packed, [faces.length, words], 'int32'),
      forms: tf.tensor2d(forms, [faces.length, FORM]),
    };
    return present(runKernel('ArcPictures', inputs, attributes)[0], 'the pictures') as tf.Tensor4D; // as the kernel gives
  });
}
