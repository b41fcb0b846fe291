import { margins } from '../margin.ts';
import { fieldSettings } from './field-settings.ts';
import type { Setting } from './setting.ts';

export const margin: readonly Setting[] = [
  {
    path: 'margin',
    label: 'Margin',
    unit: '',
    group: 'margin',
    explanation: 'What is demanded of a photo beyond being nearest to its class centre.',
    kind: 'variant',
    choices: margins.map(({ label, about, defaults }) => ({ label, about, value: defaults })),
  },
  ...fieldSettings('margin', margins),
  {
    path: 'scale',
    label: 'Scale',
    unit: '',
    group: 'margin',
    explanation: 'Multiplies the cosines before the softmax. Automatic takes it from the number of classes.',
    kind: 'auto-number',
    min: 1,
    max: 256,
    step: 1,
  },
  {
    path: 'labelSmoothing',
    label: 'Label smoothing',
    unit: 'share',
    group: 'margin',
    explanation: 'Gives this share of the target to all classes: against wrong labels and overconfidence.',
    kind: 'number',
    min: 0,
    max: 0.5,
    step: 0.05,
  },
  {
    path: 'sampledCentres',
    label: 'Sampled classes (Partial FC)',
    unit: 'share',
    group: 'margin',
    explanation:
      'For very many people: a step compares with the classes of its batch and a random share of all.',
    kind: 'number',
    min: 0.0001,
    max: 1,
    step: 0.1,
  },
];
