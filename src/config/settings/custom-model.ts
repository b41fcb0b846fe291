import { OWN_INPUT } from '../backbone.ts';
import type { Setting } from './setting.ts';

const whenCustom = { path: 'backbone.kind', is: ['own'] } as const;

/** What has to be asked about a custom model: only what its files do not determine. */
export const customModel: readonly Setting[] = [
  {
    path: 'backbone.cutSoftmax',
    label: 'Remove the classification layer',
    unit: '',
    group: 'custom-model',
    explanation:
      'The output of the layer before it is the embedding. If it is kept, its probabilities are used as embedding.',
    when: whenCustom,
    kind: 'switch',
  },
  {
    path: 'backbone.inputSize',
    label: 'Input size',
    unit: 'pixels',
    group: 'custom-model',
    explanation: 'The network takes any size. The one that it was trained with is best.',
    when: whenCustom,
    kind: 'integer',
    ...OWN_INPUT,
    step: 1,
  },
  {
    path: 'backbone.range',
    label: 'Input range',
    unit: '',
    group: 'custom-model',
    explanation:
      'How pixel values are scaled for the network. A wrong range gives poor results without a warning.',
    when: whenCustom,
    wide: true,
    kind: 'choice',
    choices: [
      { label: '0 to 255: not scaled', value: 'bytes' },
      { label: '0 to 1: x / 255', value: 'unit' },
      { label: '−1 to 1: (x − 127.5) / 127.5', value: 'symmetric-127.5' },
      { label: '−1 to 1: (x − 127.5) / 128', value: 'symmetric-128' },
      { label: 'ImageNet mean and standard deviation', value: 'imagenet' },
    ],
  },
  {
    path: 'backbone.frozenUpTo',
    label: 'Frozen up to',
    unit: '',
    group: 'custom-model',
    explanation: 'This layer and all before it are not trained; the layers after it are.',
    presets: ['quick', 'finetune'],
    when: whenCustom,
    wide: true,
    kind: 'layer',
  },
];
