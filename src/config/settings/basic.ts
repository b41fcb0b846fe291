import type { Setting } from './setting.ts';

export const basic: readonly Setting[] = [
  {
    path: 'epochs',
    label: 'Epochs',
    unit: '',
    group: 'basic',
    explanation: 'Passes over the training photos. More takes longer; the best epoch is kept in any case.',
    kind: 'integer',
    min: 1,
    max: 1000,
    step: 1,
  },
  {
    path: 'backend',
    label: 'Backend',
    unit: '',
    group: 'basic',
    wide: true,
    explanation: 'What the training is computed with. Automatic: the fastest that passes a self-test.',
    kind: 'choice',
    choices: [
      { label: 'Automatic', value: 'auto' },
      { label: 'WebGPU (GPU)', value: 'webgpu' },
      { label: 'WebAssembly SIMD (CPU)', value: 'simd' },
      { label: 'WebGL (GPU, older)', value: 'webgl' },
      { label: 'Plain JavaScript (CPU, slow)', value: 'cpu' },
    ],
  },
];
