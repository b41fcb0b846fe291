import type { Setting } from './setting.ts';

export const heldOut: readonly Setting[] = [
  {
    path: 'heldOut.peopleFraction',
    label: 'People held out',
    unit: 'share of people',
    group: 'held-out',
    explanation: 'Kept out of training altogether, to measure how well strangers are told apart.',
    kind: 'number',
    min: 0,
    max: 0.5,
    step: 0.05,
  },
  {
    path: 'heldOut.photosFraction',
    label: 'Photos held out',
    unit: 'share of photos',
    group: 'held-out',
    explanation: 'Kept out for everybody else, to measure accuracy on photos never seen.',
    kind: 'number',
    min: 0,
    max: 0.5,
    step: 0.05,
  },
];
