import { z } from 'zod';
import { choiceField, integerField, numberField } from '../../lib/field.ts';

/** Settings that several backbones share. A setting of one backbone alone stands in its folder. */

/** Edge in pixels to which aligned faces (112) are scaled by averaging areas. */
export const inputSize = choiceField({
  label: 'Input size',
  unit: 'pixels',
  explanation:
    'Faces are scaled to this edge before the network sees them. Smaller is faster and less sharp.',
  presets: ['scratch'],
  choices: [
    { label: '32', value: 32 },
    { label: '48', value: 48 },
    { label: '64', value: 64 },
    { label: '112', value: 112 },
  ],
});

/** D */
export const embeddingSize = integerField({
  label: 'Embedding size',
  unit: 'numbers',
  explanation: 'How many numbers describe a face. More can distinguish more people.',
  presets: ['scratch'],
  min: 2,
  max: 512,
  step: 1,
});

/** Share of the features in front of the embedding layer that a training step leaves out. */
export const dropout = numberField({
  label: 'Dropout',
  unit: 'share of the features',
  explanation: 'Features left out at random in each step: against overfitting.',
  presets: ['scratch'],
  min: 0,
  max: 0.9,
  step: 0.05,
  random: true,
});

/** What of a pretrained network is trained: its embedding layer on cached features, its last blocks, or all. */
export const trained = {
  ...choiceField({
    label: 'Trainable layers',
    unit: '',
    explanation: 'All layers, or only the last blocks: faster, and safer with few photos.',
    presets: ['finetune'],
    choices: [
      { label: 'All layers', value: 'all' },
      { label: 'The last blocks', value: 'last-blocks' },
    ],
  }),
  // Quick trains the embedding layer alone, and offers no choice.
  schema: z.enum(['embedding', 'last-blocks', 'all']).default('embedding'),
};
