import type { BackboneBuild } from '../backbone-build.ts';
import { iresNet } from '../shared/iresnet.ts';
import type { meta } from './meta.ts';

export const build: BackboneBuild<typeof meta> = {
  create: (config, random) => iresNet({ ...config, depth: 50 }, random),
};
