import { describeBackbone } from '../describe.ts';
import { dropout, embeddingSize, inputSize } from '../fields.ts';

export const meta = describeBackbone({
  kind: 'iresnet-18',
  label: 'IResNet-18',
  source: "Deng et al., arXiv 1801.07698, section 3.1; insightface's arcface_torch",
  origin: 'made',
  parameters: 24_025_600,
  multiplications: 2_610_000_000,
  fields: { inputSize, embeddingSize, dropout },
  choices: [
    {
      value: { inputSize: 112, embeddingSize: 512, dropout: 0.4 },
      about:
        'The kind of network that ArcFace was published with: for many photos and a GPU; a 96 MB download.',
      presets: ['scratch'],
    },
  ],
  inputSize: (config) => config.inputSize,
});
