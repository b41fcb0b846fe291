import { describeBackbone } from '../describe.ts';
import { embeddingSize, inputSize } from '../fields.ts';

export const meta = describeBackbone({
  kind: 'small-cnn',
  label: 'Small CNN',
  source: 'this program',
  origin: 'made',
  parameters: 126_528,
  multiplications: 3_500_000,
  fields: { inputSize, embeddingSize },
  choices: [
    {
      value: { inputSize: 64, embeddingSize: 64 },
      about: 'A few layers: minutes on any machine, to see how training works.',
      presets: ['scratch'],
    },
  ],
  inputSize: (config) => config.inputSize,
});
