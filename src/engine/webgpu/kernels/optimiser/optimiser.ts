import { type KernelConfig, util } from '@tensorflow/tfjs-core';
import { kernel } from '../../host/kernel.ts';
import { gridOf } from '../../host/program.ts';
import adamw from './adamw.wgsl?raw';
import average from './average.wgsl?raw';
import clipFactor from './clip-factor.wgsl?raw';
import sgd from './sgd.wgsl?raw';
import squares from './squares.wgsl?raw';

/** Partial sums of squares: enough threads for a large card, few enough for one workgroup to add up. */
const PARTS = 256;

/** Updates of all weights at once, which lie one after the other in flat tensors: see src/train/step/flat-optimiser.ts. */
export const optimiserKernels = (): KernelConfig[] => [
  kernel<
    'gradient' | 'settings' | 'scalars' | 'clip' | 'weight' | 'velocity',
    { readonly momentum: number; readonly nesterov: boolean }
  >('ArcFlatSgd', ({ inputs, attrs, backend }) => {
    const { gradient, settings, scalars, clip, weight, velocity } = inputs;
    const count = util.sizeFromShape(weight.shape) / 4;
    backend.run(
      {
        name: 'flat-sgd',
        code: sgd,
        constants: { NESTEROV: attrs.nesterov ? 1 : 0 },
        workgroups: gridOf(Math.ceil(count / 64)),
        params: { u32: [count], f32: [attrs.momentum] },
      },
      [gradient, settings, scalars, clip],
      [weight, velocity],
    );
    return [];
  }),
  kernel<
    'gradient' | 'settings' | 'scalars' | 'clip' | 'weight' | 'first' | 'second',
    { readonly beta1: number; readonly beta2: number; readonly epsilon: number }
  >('ArcFlatAdamW', ({ inputs, attrs, backend }) => {
    const { gradient, settings, scalars, clip, weight, first, second } = inputs;
    const { beta1, beta2, epsilon } = attrs;
    const count = util.sizeFromShape(weight.shape) / 4;
    backend.run(
      {
        name: 'flat-adamw',
        code: adamw,
        workgroups: gridOf(Math.ceil(count / 64)),
        params: { u32: [count], f32: [beta1, 1 - beta1, beta2, 1 - beta2, epsilon] },
      },
      [gradient, settings, scalars, clip],
      [weight, first, second],
    );
    return [];
  }),
  kernel<'numbers' | 'rate' | 'mean', object>('ArcFlatAverage', ({ inputs, backend }) => {
    const { numbers, rate, mean } = inputs;
    const count = util.sizeFromShape(mean.shape) / 4;
    const workgroups = gridOf(Math.ceil(count / 64));
    const program = { name: 'flat-average', code: average, workgroups, params: { u32: [count] } };
    backend.run(program, [numbers, rate], [mean]);
    return [];
  }),
  kernel<'gradient', { readonly maxNorm: number }>('ArcClipFactor', ({ inputs, attrs, backend }) => {
    const { gradient } = inputs;
    const length = util.sizeFromShape(gradient.shape);
    const count = Math.min(PARTS, Math.ceil(length / 256));
    const sums = backend.output([count]);
    const factor = backend.output([1]);
    const params = { u32: [length] };
    backend.run({ name: 'squares', code: squares, workgroups: [count, 1, 1], params }, [gradient], [sums]);
    backend.run(
      {
        name: 'clip-factor',
        code: clipFactor,
        workgroups: [1, 1, 1],
        params: { u32: [count], f32: [attrs.maxNorm] },
      },
      [sums],
      [factor],
    );
    backend.release(sums);
    return [factor];
  }),
];
