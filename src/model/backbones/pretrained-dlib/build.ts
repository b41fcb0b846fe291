import type { BackboneBuild } from '../backbone-build.ts';
import type { meta } from './meta.ts';

/**
 * dlib's face recognition network (Davis King; see public/models/dlib-resnet): 150x150x3 RGB, (x - 127.5) / 128 ->
 * 256 features -> 128; a ResNet with ReLU, 5,607,616 parameters, four fifths of them in the last blocks (4x4 positions).
 * It was trained on faces cut out by dlib's own alignment, not by the 112x112 template.
 */
export const build: BackboneBuild<typeof meta> = {
  file: 'dlib-resnet/model.json',
  lastBlocks: 'conv256_down_1',
};
