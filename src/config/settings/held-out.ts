import type { Setting } from './setting.ts';

export const heldOut: readonly Setting[] = [
  {
    path: 'heldOut.peopleFraction',
    label: 'Held-out people',
    unit: 'share of people',
    group: 'held-out',
    explanation: 'Not used for training at all: verification accuracy is measured on them.',
    kind: 'number',
    min: 0,
    max: 0.5,
    step: 0.05,
  },
  {
    path: 'heldOut.photosFraction',
    label: 'Validation photos',
    unit: 'share of photos',
    group: 'held-out',
    explanation:
      'Photos of the other people, not used for training: validation accuracy is measured on them.',
    kind: 'number',
    min: 0,
    max: 0.5,
    step: 0.05,
  },
];
