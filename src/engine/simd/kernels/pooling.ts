import {
  AvgPool,
  type AvgPoolAttrs,
  AvgPoolGrad,
  type AvgPoolGradAttrs,
  backend_util,
  type KernelConfig,
  MaxPool,
  type MaxPoolAttrs,
  MaxPoolGrad,
  type MaxPoolGradAttrs,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../host/backend.ts';
import { allFloat, kernel } from '../host/kernel.ts';
import { Kind, poolOp } from '../host/layout.generated.ts';
import { integersOf, isPlain, ofOutput, type Window } from '../host/window.ts';

const { mean: MEAN, max: LARGEST } = poolOp;

type Options = Pick<AvgPoolAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'>;

function windowOf(shape: number[], { filterSize, strides, pad, dimRoundingMode }: Options): Window | null {
  if (shape.length !== 4) return null;
  const info = backend_util.computePool2DInfo(
    shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return isPlain(info) && info.batchSize * info.outHeight * info.outWidth > 0 ? ofOutput(info) : null;
}

const work = (w: Window): number => w.gridWidth * w.channels * w.tapsY * w.tapsX;

function pool(backend: SimdBackend, x: TensorInfo, options: Options, op: number): TensorInfo | null {
  const window = allFloat(x) ? windowOf(x.shape, options) : null;
  if (!window) return null;
  const { batch, gridHeight, gridWidth, channels } = window;
  const out = backend.output([batch, gridHeight, gridWidth, channels]);
  backend.threads.launch({
    kind: Kind.pool,
    total: batch * gridHeight,
    cost: work(window),
    integers: [...integersOf(window), backend.address(x), backend.address(out), op],
  });
  return out;
}

/** @param largest what was pooled and the result, for the gradient of the largest */
function poolGrad(
  backend: SimdBackend,
  dy: TensorInfo,
  x: TensorInfo,
  options: Options,
  largest: TensorInfo | null,
): TensorInfo | null {
  const window = allFloat(dy, x) ? windowOf(x.shape, options) : null;
  if (!window) return null;
  const out = backend.output(x.shape);
  const addresses = [dy, out].map((tensor) => backend.address(tensor));
  const more = largest ? [LARGEST, backend.address(x), backend.address(largest)] : [MEAN];
  backend.threads.launch({
    kind: Kind.poolGrad,
    total: window.batch,
    cost: 2 * window.gridHeight * work(window),
    integers: [...integersOf(window), ...addresses, ...more],
  });
  return out;
}

const maxPool = kernel<'x', MaxPoolAttrs>(MaxPool, ({ x }, attrs, backend) =>
  pool(backend, x, attrs, LARGEST),
);
const avgPool = kernel<'x', AvgPoolAttrs>(AvgPool, ({ x }, attrs, backend) => pool(backend, x, attrs, MEAN));
const maxPoolGrad = kernel<'dy' | 'input' | 'output', MaxPoolGradAttrs>(
  MaxPoolGrad,
  ({ dy, input, output }, attrs, backend) => poolGrad(backend, dy, input, attrs, output),
);
/** The gradient of what avgPool computes; the published one divides by the whole window at the edges too. */
const avgPoolGrad = kernel<'dy' | 'input', AvgPoolGradAttrs>(AvgPoolGrad, ({ dy, input }, attrs, backend) =>
  poolGrad(backend, dy, input, attrs, null),
);

export const poolKernels: readonly KernelConfig[] = [maxPool, avgPool, maxPoolGrad, avgPoolGrad];
