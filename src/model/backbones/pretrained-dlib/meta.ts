import { describeBackbone } from '../describe.ts';
import { trained } from '../fields.ts';

const about = 'Pretrained on other faces for Euclidean distances, at 150 pixels; takes about as long';

/** 150x150x3 -> 256 features -> 128. */
export const meta = describeBackbone({
  kind: 'pretrained-dlib',
  label: "dlib's ResNet, pretrained",
  source: 'public/models/README.md',
  licence:
    'Weights from @vladmandic/face-api 1.7.15 (MIT), upstream dlib_face_recognition_resnet_model_v1 by Davis King (CC0).',
  origin: 'pretrained',
  parameters: 5_607_616,
  multiplications: 272_000_000,
  metric: 'distance',
  fields: { trained },
  choices: [
    { value: { trained: 'embedding' }, about: `${about}.`, presets: ['quick'] },
    {
      value: { trained: 'all' },
      about: `${about}, and brings a smaller learning rate.`,
      presets: ['finetune'],
      learningRate: 3e-5,
    },
  ],
  inputSize: () => 150,
});
