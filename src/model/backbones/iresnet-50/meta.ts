import { describeBackbone } from '../describe.ts';
import { dropout, embeddingSize, inputSize } from '../fields.ts';

export const meta = describeBackbone({
  kind: 'iresnet-50',
  label: 'IResNet-50',
  source: "Deng et al., arXiv 1801.07698, section 3.1; insightface's arcface_torch",
  origin: 'made',
  parameters: 43_590_848,
  multiplications: 6_310_000_000,
  fields: { inputSize, embeddingSize, dropout },
  choices: [
    {
      value: { inputSize: 112, embeddingSize: 512, dropout: 0.4 },
      about: 'The strongest and slowest: for very many photos and a strong GPU; a 174 MB download.',
      presets: ['scratch'],
    },
  ],
  inputSize: (config) => config.inputSize,
});
