import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { MadeBackbone } from '../../config/backbone.ts';
import type { Random } from '../../lib/random.ts';
import { madeBuild } from './registry.ts';

/** A network with random weights: [B, inputSize, inputSize, 3] -> [B, embeddingSize]. */
export const createBackbone = (config: MadeBackbone, random: Random): LayersModel =>
  madeBuild(config).create(config, random);
