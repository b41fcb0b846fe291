import { type BackboneConfig, trainingConfigSchema } from '../src/config/training-config.ts';
import { EMBEDDING, type Work } from './case.ts';

/** The backbone as the program's own settings name it. */
export function backboneConfig({
  backbone,
  size,
}: Work): Exclude<BackboneConfig, { kind: 'pretrained-mobilefacenet' }> {
  const parsed = trainingConfigSchema.shape.backbone.parse({
    kind: backbone,
    inputSize: size,
    embeddingSize: EMBEDDING[backbone],
  });
  if (parsed.kind === 'pretrained-mobilefacenet') throw new Error('Internal error: not a backbone to train');
  return parsed;
}
