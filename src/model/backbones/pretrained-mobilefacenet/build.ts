import type { BackboneBuild } from '../backbone-build.ts';
import type { meta } from './meta.ts';

/**
 * MobileFaceNet: 112x112x3 RGB, (x - 127.5) / 128 -> 512 features -> 192; 1,292,992 parameters. Its last blocks see
 * the face as 7x7 positions and hold about two thirds of all parameters.
 */
export const build: BackboneBuild<typeof meta> = {
  file: 'mobilefacenet/model.json',
  lastBlocks: 'block13_expand',
};
