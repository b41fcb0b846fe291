import type { Setting } from './setting.ts';

export const basic: readonly Setting[] = [
  {
    path: 'epochs',
    label: 'Epochs',
    unit: 'passes',
    group: 'basic',
    explanation: 'How often every photo is learned from. More takes longer; the best one is kept anyway.',
    kind: 'integer',
    min: 1,
    max: 1000,
    step: 1,
  },
  {
    path: 'backend',
    label: 'Computed by',
    unit: '',
    group: 'basic',
    explanation: 'What does the arithmetic. Automatic takes the fastest that passes a self-test.',
    kind: 'choice',
    choices: [
      { label: 'Automatic', value: 'auto' },
      { label: 'WebGPU (graphics card)', value: 'webgpu' },
      { label: 'WebAssembly SIMD (processor)', value: 'simd' },
      { label: 'WebGL (graphics card, older)', value: 'webgl' },
      { label: 'Plain JavaScript (slow)', value: 'cpu' },
    ],
  },
];
