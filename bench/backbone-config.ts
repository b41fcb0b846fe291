import { isMade } from '../src/config/backbone.ts';
import { type MadeBackbone, trainingConfigSchema } from '../src/config/training-config.ts';
import { type BackboneName, EMBEDDING, type Work } from './case.ts';

/** What each of the program's backbones is called in its settings, and what else it needs there. */
const NAMED: Readonly<Record<BackboneName, object>> = {
  mobilefacenet: { kind: 'mobilefacenet' },
  'small-cnn': { kind: 'small-cnn' },
  'mobilefacenet-x2': { kind: 'mobilefacenet', width: 2 },
  vgg8: { kind: 'vgg8', dropout: 0.5 },
  'iresnet-18': { kind: 'iresnet-18', dropout: 0.4 },
  'iresnet-50': { kind: 'iresnet-50', dropout: 0.4 },
};

/** The backbone as the program's own settings name it. */
export function backboneConfig({ backbone, size }: Work): MadeBackbone {
  const parsed = trainingConfigSchema.shape.backbone.parse({
    ...NAMED[backbone],
    inputSize: size,
    embeddingSize: EMBEDDING[backbone],
  });
  if (!isMade(parsed)) throw new Error('Internal error: not a backbone to train');
  return parsed;
}
