import { OWN_INPUT } from '../backbone.ts';
import type { Setting } from './setting.ts';

const own = { path: 'backbone.kind', is: ['own'] } as const;

/** What has to be asked about a network that the person gives; what its files say is not asked. */
export const customModel: readonly Setting[] = [
  {
    path: 'backbone.cutSoftmax',
    label: 'Cut off the classification layer',
    unit: '',
    group: 'own',
    explanation:
      'What lies in front of it is the embedding. Left on, its probabilities would be taken for one.',
    when: own,
    kind: 'switch',
  },
  {
    path: 'backbone.inputSize',
    label: 'Picture edge',
    unit: 'pixels',
    group: 'own',
    explanation: 'The network takes any size. The one that it has learned with is best.',
    when: own,
    kind: 'integer',
    ...OWN_INPUT,
    step: 1,
  },
  {
    path: 'backbone.range',
    label: 'Range of its input',
    unit: '',
    group: 'own',
    explanation:
      'What bytes become before the network sees them. A wrong one gives poor results without a warning.',
    when: own,
    wide: true,
    kind: 'choice',
    choices: [
      { label: '0 to 255: bytes as they are', value: 'bytes' },
      { label: '0 to 1: x / 255', value: 'unit' },
      { label: '−1 to 1: (x − 127.5) / 127.5', value: 'symmetric-127.5' },
      { label: '−1 to 1: (x − 127.5) / 128', value: 'symmetric-128' },
      { label: "ImageNet's mean and deviation", value: 'imagenet' },
    ],
  },
  {
    path: 'backbone.frozenUpTo',
    label: 'Frozen up to',
    unit: '',
    group: 'own',
    explanation: 'This layer and all in front of it stay as they are; what comes behind learns.',
    presets: ['quick', 'finetune'],
    when: own,
    wide: true,
    kind: 'layer',
  },
];
