import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../host/backend.ts';
import { kernel } from '../host/kernel.ts';
import { Kind, SIZE } from '../host/layout.generated.ts';

const { RUN } = SIZE;

/** Tensors of one size whose numbers are changed in place, from the first to the last but one. */
function launch(
  backend: SimdBackend,
  kind: Kind,
  tensors: readonly TensorInfo[],
  integers: readonly number[],
  floats: readonly number[],
): [] {
  const count = util.sizeFromShape(tensors[0]?.shape ?? []);
  backend.threads.launch({
    kind,
    total: Math.ceil(count / RUN),
    cost: RUN * 8,
    integers: [...tensors.map((tensor) => backend.address(tensor)), count, ...integers],
    floats,
  });
  return [];
}

interface SgdAttributes {
  readonly rate: number;
  readonly momentum: number;
  readonly decay: number;
  readonly nesterov: boolean;
}

const sgd = kernel<'weight' | 'velocity' | 'gradient', SgdAttributes>(
  'ArcSgd',
  ({ weight, velocity, gradient }, { rate, momentum, decay, nesterov }, backend) =>
    launch(backend, Kind.sgd, [weight, velocity, gradient], [nesterov ? 1 : 0], [rate, momentum, decay]),
);

interface AdamWAttributes {
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly correction1: number;
  readonly correction2: number;
  readonly decay: number;
}

const adamW = kernel<'weight' | 'first' | 'second' | 'gradient', AdamWAttributes>(
  'ArcAdamW',
  ({ weight, first, second, gradient }, attributes, backend) => {
    const { rate, beta1, beta2, epsilon, correction1, correction2, decay } = attributes;
    const corrections = [1 / correction1, 1 / correction2];
    const floats = [rate, beta1, 1 - beta1, beta2, 1 - beta2, epsilon, ...corrections, decay];
    return launch(backend, Kind.adamW, [weight, first, second, gradient], [], floats);
  },
);

export const optimiserKernels: readonly KernelConfig[] = [sgd, adamW];
