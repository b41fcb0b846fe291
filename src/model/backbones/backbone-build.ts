import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Random } from '../../lib/random.ts';
import type { BackboneMeta, ConfigOf } from './describe.ts';

/** A network with random weights. */
export interface MadeBuild<M extends BackboneMeta = BackboneMeta> {
  /** [B, inputSize, inputSize, 3] -> [B, embeddingSize] */
  create(config: ConfigOf<M>, random: Random): LayersModel;
}

/** Where a pretrained network lies. */
export interface PretrainedBuild {
  /** Below public/models: a TensorFlow.js Layers model with the layers `features` and, dense, `embedding`. */
  readonly file: string;
  /** Name of the first layer of what "the last blocks" means. */
  readonly lastBlocks: string;
}

/** How a backbone is made: one file a backbone, `build.ts` beside its `meta.ts`. */
export type BackboneBuild<M extends BackboneMeta> = M['origin'] extends 'made'
  ? MadeBuild<M>
  : M['origin'] extends 'pretrained'
    ? PretrainedBuild
    : never;
