import { choiceField, withDefault } from '../../../lib/field.ts';
import { describeBackbone } from '../describe.ts';
import { embeddingSize, inputSize } from '../fields.ts';

/** Factor of the channels between the blocks. Files from before this setting lack it. */
const width = withDefault(
  choiceField({
    label: 'Width',
    unit: '',
    explanation: "Double has twice the channels between its blocks: insightface's mbf at embedding size 512.",
    presets: ['scratch'],
    choices: [
      { label: 'Normal', value: 1 },
      { label: 'Double', value: 2 },
    ],
  }),
  1,
);

export const meta = describeBackbone({
  kind: 'mobilefacenet',
  label: 'MobileFaceNet',
  source: 'Chen et al., arXiv 1804.07573, table 1',
  origin: 'made',
  parameters: 1_036_032,
  multiplications: 221_000_000,
  fields: { inputSize, embeddingSize, width },
  choices: [
    {
      value: { inputSize: 112, embeddingSize: 192, width: 1 },
      about: 'Made for faces on phones: good with thousands of photos, and still quick to use.',
      presets: ['scratch'],
    },
  ],
  inputSize: (config) => config.inputSize,
});
