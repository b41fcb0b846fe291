import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { MadeBackbone } from '../../config/training-config.ts';
import type { Random } from '../../lib/random.ts';
import { unreachable } from '../../lib/unreachable.ts';
import { iresNet } from './iresnet.ts';
import { mobileFaceNet } from './mobilefacenet.ts';
import { smallCnn } from './small-cnn.ts';
import { vgg8 } from './vgg8.ts';

/** A network with random weights: [B, inputSize, inputSize, 3] -> [B, embeddingSize]. */
export function createBackbone(config: MadeBackbone, random: Random): LayersModel {
  switch (config.kind) {
    case 'mobilefacenet':
      return mobileFaceNet(config, random);
    case 'small-cnn':
      return smallCnn(config.inputSize, config.embeddingSize, random);
    case 'vgg8':
      return vgg8({ ...config, shape: [config.inputSize, config.inputSize, 3] }, random);
    case 'iresnet-18':
      return iresNet({ ...config, depth: 18 }, random);
    case 'iresnet-50':
      return iresNet({ ...config, depth: 50 }, random);
    default:
      return unreachable(config);
  }
}
