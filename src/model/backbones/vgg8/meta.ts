import { describeBackbone } from '../describe.ts';
import { dropout, embeddingSize, inputSize } from '../fields.ts';

export const meta = describeBackbone({
  kind: 'vgg8',
  label: 'VGG8',
  source: 'the VGG-like network of the keras-arcface example',
  origin: 'made',
  parameters: 334_704,
  multiplications: 40_000_000,
  fields: { inputSize, embeddingSize, dropout },
  choices: [
    {
      value: { inputSize: 64, embeddingSize: 64, dropout: 0.5 },
      about: 'Plain and small, with dropout against overfitting; the network of the classic examples.',
      presets: ['scratch'],
    },
  ],
  inputSize: (config) => config.inputSize,
});
