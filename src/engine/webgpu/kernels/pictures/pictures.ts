import type { KernelConfig } from '@tensorflow/tfjs-core';
import { FORM } from '../../../../dataset/augmentation-form.ts';
import type { PictureAttributes } from '../../../ops/pictures.ts';
import { kernel } from '../../host/kernel.ts';
import { gridOf } from '../../host/program.ts';
import code from './pictures.wgsl?raw';

/** Augments, degrades and scales bytes of pictures, see ops/pictures.ts. */
export const pictureKernels = (): KernelConfig[] => [
  kernel<'bytes' | 'forms', PictureAttributes>(
    'ArcPictures',
    ({ inputs: { bytes, forms }, attrs, backend }) => {
      const [pictures = 0, words = 0] = bytes.shape;
      const { edge, channels } = attrs;
      const y = backend.output([pictures, edge, edge, channels]);
      if (pictures === 0) return [y];
      const scratch = backend.output([pictures, 2, edge, edge, 3]);
      const { meanRed, meanGreen, meanBlue, divisorRed, divisorGreen, divisorBlue } = attrs;
      const program = {
        name: 'pictures',
        code,
        constants: { FORM },
        workgroups: gridOf(pictures),
        params: {
          u32: [pictures, edge, words, channels],
          f32: [meanRed, meanGreen, meanBlue, divisorRed, divisorGreen, divisorBlue],
        },
      };
      backend.run(program, [bytes, forms], [scratch, y]);
      backend.release(scratch);
      return [y];
    },
  ),
];
