import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { BackboneConfig } from '../../config/training-config.ts';
import type { Random } from '../../lib/random.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { mobileFaceNet } from './mobilefacenet.ts';
import { smallCnn } from './small-cnn.ts';

/** A network with random weights: [B, inputSize, inputSize, 3] -> [B, embeddingSize]. */
export function createBackbone(
  config: Exclude<BackboneConfig, { kind: 'pretrained-mobilefacenet' }>,
  random: Random,
): LayersModel {
  switch (config.kind) {
    case 'mobilefacenet':
      return mobileFaceNet(config.embeddingSize, random);
    case 'small-cnn':
      return smallCnn(config.inputSize, config.embeddingSize, random);
    default:
      return unreachable(config);
  }
}
