import { z } from 'zod';
import { choiceField, type Field, integerField, switchField } from '../../../lib/field.ts';
import { pixelRangeName } from '../../../lib/pixel-range.ts';
import { describeBackbone } from '../describe.ts';

/** Edges in pixels of the images that a custom model may take. */
export const CUSTOM_INPUT = { min: 16, max: 512 } as const;

/** Name of the last layer that is not trained; null: all are. */
const frozenUpTo: Field<z.ZodDefault<z.ZodNullable<z.ZodString>>> = {
  label: 'Frozen up to',
  unit: '',
  explanation: 'This layer and all before it are not trained; the layers after it are.',
  presets: ['quick', 'finetune'],
  wide: true,
  kind: 'layer',
  schema: z.string().max(1000).nullable().default(null),
};

/** A TensorFlow.js Layers model that the person gives; the preset says whether its weights are kept. */
export const meta = describeBackbone({
  kind: 'custom',
  label: 'Custom model',
  source: 'the person',
  origin: 'custom',
  parameters: null,
  fields: {
    cutSoftmax: switchField({
      label: 'Remove the classification layer',
      unit: '',
      explanation:
        'The output of the layer before it is the embedding. If it is kept, its probabilities are used as embedding.',
    }),
    inputSize: integerField({
      label: 'Input size',
      unit: 'pixels',
      explanation: 'The network takes any size. The one that it was trained with is best.',
      ...CUSTOM_INPUT,
      step: 1,
    }),
    range: {
      ...choiceField({
        label: 'Input range',
        unit: '',
        explanation:
          'How pixel values are scaled for the network. A wrong range gives poor results without a warning.',
        wide: true,
        choices: [
          { label: '0 to 255: not scaled', value: 'bytes' },
          { label: '0 to 1: x / 255', value: 'unit' },
          { label: '−1 to 1: (x − 127.5) / 127.5', value: 'symmetric-127.5' },
          { label: '−1 to 1: (x − 127.5) / 128', value: 'symmetric-128' },
          { label: 'ImageNet mean and standard deviation', value: 'imagenet' },
        ],
      }),
      schema: pixelRangeName,
    },
    frozenUpTo,
  },
  choices: [
    {
      value: { inputSize: 112, range: 'unit', frozenUpTo: null, cutSoftmax: false },
      about: 'A TensorFlow.js Layers model from your disk, also one that was downloaded here.',
    },
  ],
  inputSize: (config) => config.inputSize,
});
