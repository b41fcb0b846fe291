import {
  backend_util,
  DepthwiseConv2dNative,
  type DepthwiseConv2dNativeAttrs,
  DepthwiseConv2dNativeBackpropFilter,
  type DepthwiseConv2dNativeBackpropFilterAttrs,
  DepthwiseConv2dNativeBackpropInput,
  type DepthwiseConv2dNativeBackpropInputAttrs,
  FusedDepthwiseConv2D,
  type FusedDepthwiseConv2DAttrs,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../host/backend.ts';
import { type Finish, NOTHING, sumParts } from '../host/gemm.ts';
import { allFloat, kernel } from '../host/kernel.ts';
import { Kind } from '../host/layout.generated.ts';
import { integersOf, isPlain, ofInput, ofOutput } from '../host/window.ts';
import { fusedConvolution } from './fused-activation.ts';

type Info = backend_util.Conv2DInfo;
type Size4 = [number, number, number, number];

/** Runs of rows whose shares of a filter's gradient are added up; fixed, so that results do not depend on threads. */
const RUNS = 16;

type Options = Pick<DepthwiseConv2dNativeAttrs, 'strides' | 'pad' | 'dimRoundingMode'> & {
  readonly dilations?: [number, number] | number;
};

/** Sizes of a convolution with one filter a channel; null for others. */
function infoOf(inputShape: number[], filterShape: number[], options: Options): Info | null {
  const info = backend_util.computeConv2DInfo(
    inputShape as Size4,
    filterShape as Size4,
    options.strides,
    options.dilations ?? 1,
    options.pad,
    options.dimRoundingMode,
    true,
  );
  const some = info.batchSize * info.outHeight * info.outWidth > 0;
  return isPlain(info) && some && filterShape[3] === 1 ? info : null;
}

function convolve(
  backend: SimdBackend,
  x: TensorInfo,
  filter: TensorInfo,
  options: DepthwiseConv2dNativeAttrs,
  finish: Finish = NOTHING,
): TensorInfo | null {
  if (!allFloat(x, filter) || options.dataFormat !== 'NHWC') return null;
  const info = infoOf(x.shape, filter.shape, options);
  if (!info) return null;
  const out = backend.output(info.outShape);
  const pixelBytes = info.inChannels * 4;
  const rowBytes = info.outWidth * pixelBytes;
  backend.threads.launch({
    kind: Kind.depthwise,
    total: info.batchSize * info.outHeight,
    cost: info.outWidth * info.inChannels * (info.filterHeight * info.filterWidth + 4),
    integers: [
      ...integersOf(ofOutput(info)),
      backend.address(x),
      backend.address(filter),
      info.filterWidth * pixelBytes,
      pixelBytes,
      backend.address(out),
      info.outHeight * rowBytes,
      rowBytes,
      pixelBytes,
      ...finish,
    ],
  });
  return out;
}

const depthwise = kernel<'x' | 'filter', DepthwiseConv2dNativeAttrs>(
  DepthwiseConv2dNative,
  ({ x, filter }, attrs, backend) => convolve(backend, x, filter, attrs),
);

const fusedDepthwise = fusedConvolution<FusedDepthwiseConv2DAttrs>(
  FusedDepthwiseConv2D,
  ({ shape }) => shape[2],
  ({ x, filter }, attrs, backend, finish) => convolve(backend, x, filter, attrs, finish),
);

const backpropInput = kernel<'dy' | 'filter', DepthwiseConv2dNativeBackpropInputAttrs>(
  DepthwiseConv2dNativeBackpropInput,
  ({ dy, filter }, attrs, backend) => {
    const info = allFloat(dy, filter) ? infoOf(attrs.inputShape, filter.shape, attrs) : null;
    if (!info) return null;
    const out = backend.output(info.inShape);
    const [from, by, to] = [backend.address(dy), backend.address(filter), backend.address(out)];
    const pixelBytes = info.inChannels * 4;
    const rowBytes = info.inWidth * pixelBytes;
    for (const { window, y, x } of ofInput(info, info.outChannels)) {
      backend.threads.launch({
        kind: Kind.depthwise,
        total: info.batchSize * window.gridHeight,
        cost: window.gridWidth * info.inChannels * (window.tapsY * window.tapsX + 4),
        integers: [
          ...integersOf(window),
          from,
          by + (y.firstTap * info.filterWidth + x.firstTap) * pixelBytes,
          -info.strideHeight * info.filterWidth * pixelBytes,
          -info.strideWidth * pixelBytes,
          to + y.phase * rowBytes + x.phase * pixelBytes,
          info.inHeight * rowBytes,
          info.strideHeight * rowBytes,
          info.strideWidth * pixelBytes,
          ...NOTHING,
        ],
      });
    }
    return out;
  },
);

const backpropFilter = kernel<'x' | 'dy', DepthwiseConv2dNativeBackpropFilterAttrs>(
  DepthwiseConv2dNativeBackpropFilter,
  ({ x, dy }, attrs, backend) => {
    const info = allFloat(x, dy) ? infoOf(x.shape, attrs.filterShape, attrs) : null;
    if (!info) return null;
    const out = backend.output(info.filterShape);
    const [from, by, to] = [backend.address(x), backend.address(dy), backend.address(out)];
    const rows = info.batchSize * info.outHeight;
    const perRun = Math.ceil(rows / RUNS);
    const runs = Math.ceil(rows / perRun);
    const taps = info.filterHeight * info.filterWidth;
    sumParts(backend, to, taps * info.inChannels, runs, (parts) =>
      backend.threads.launch({
        kind: Kind.depthwiseFilter,
        total: runs,
        cost: perRun * info.outWidth * info.inChannels * (taps + 4),
        integers: [...integersOf(ofOutput(info)), from, by, parts, perRun],
      }),
    );
    return out;
  },
);

export const depthwiseKernels: readonly KernelConfig[] = [
  depthwise,
  fusedDepthwise,
  backpropInput,
  backpropFilter,
];
