import {
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  FusedConv2D,
  type FusedConv2DAttrs,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../host/backend.ts';
import { type Finish, gemm, gemmLong, NOTHING, rowMajor, transposed } from '../host/gemm.ts';
import { filterGradient, implicitGemm } from '../host/implicit-gemm-conv.ts';
import { allFloat, kernel } from '../host/kernel.ts';
import { isPlain, ofInput, ofOutput } from '../host/window.ts';
import { fusedConvolution } from './fused-activation.ts';

type Info = backend_util.Conv2DInfo;
type Size4 = [number, number, number, number];

/** A convolution that is one flat matrix product over all pixels: [B*H*W, Cin] x [Cin, Cout]. */
const isFlat = (info: Info): boolean =>
  info.filterHeight === 1 &&
  info.filterWidth === 1 &&
  info.strideHeight === 1 &&
  info.strideWidth === 1 &&
  info.padInfo.top === 0 &&
  info.padInfo.left === 0 &&
  info.padInfo.bottom === 0 &&
  info.padInfo.right === 0;

const pixels = ({ batchSize, outHeight, outWidth }: Info): number => batchSize * outHeight * outWidth;

/** What is common to the attributes of the kernels here. */
interface Options {
  readonly strides: [number, number] | number;
  readonly pad: Conv2DAttrs['pad'];
  readonly dataFormat: string;
  readonly dimRoundingMode?: Conv2DAttrs['dimRoundingMode'];
  readonly dilations?: [number, number] | number;
}

/** Sizes of a convolution that the kernels here can do; null for others. */
function infoOf(inputShape: number[], filterShape: number[], options: Options): Info | null {
  if (options.dataFormat !== 'NHWC') return null;
  const info = backend_util.computeConv2DInfo(
    inputShape as Size4,
    filterShape as Size4,
    options.strides,
    options.dilations ?? 1,
    options.pad,
    options.dimRoundingMode,
  );
  return isPlain(info) && info.outChannels > 0 && pixels(info) > 0 ? info : null;
}

function convolve(
  backend: SimdBackend,
  x: TensorInfo,
  filter: TensorInfo,
  options: Options,
  finish: Finish = NOTHING,
): TensorInfo | null {
  const info = allFloat(x, filter) ? infoOf(x.shape, filter.shape, options) : null;
  // Filters for groups of channels see fewer of them than there are.
  if (!info || info.inChannels !== filter.shape[2]) return null;
  const out = backend.output(info.outShape);
  const [from, by, to] = [backend.address(x), backend.address(filter), backend.address(out)];
  const { inChannels, outChannels } = info;
  if (isFlat(info)) {
    const size = [pixels(info), inChannels, outChannels] as const;
    gemm(backend, rowMajor(from, inChannels), rowMajor(by, outChannels), to, size, finish);
    return out;
  }
  const tapBytes = inChannels * outChannels * 4;
  implicitGemm(backend, ofOutput(info), from, {
    filter: rowMajor(by, outChannels),
    stepY: info.filterWidth * tapBytes,
    stepX: tapBytes,
    channels: outChannels,
    out: to,
    imageStep: info.outHeight * info.outWidth * outChannels * 4,
    rowStep: info.outWidth * outChannels * 4,
    pixelStep: outChannels * 4,
    finish,
  });
  return out;
}

const conv2d = kernel<'x' | 'filter', Conv2DAttrs>(Conv2D, ({ x, filter }, attrs, backend) =>
  convolve(backend, x, filter, attrs),
);

/** What convolution layers compute: a convolution, a bias and an activation. */
const fusedConv2d = fusedConvolution<FusedConv2DAttrs>(
  FusedConv2D,
  ({ shape }) => shape[3],
  ({ x, filter }, attrs, backend, finish) => convolve(backend, x, filter, attrs, finish),
);

const conv2dBackpropInput = kernel<'dy' | 'filter', Conv2DBackpropInputAttrs>(
  Conv2DBackpropInput,
  ({ dy, filter }, attrs, backend) => {
    const info = allFloat(dy, filter) ? infoOf(attrs.inputShape, filter.shape, attrs) : null;
    if (!info) return null;
    const out = backend.output(info.inShape);
    const [from, by, to] = [backend.address(dy), backend.address(filter), backend.address(out)];
    const { inChannels, outChannels } = info;
    if (isFlat(info)) {
      const size = [pixels(info), outChannels, inChannels] as const;
      gemm(backend, rowMajor(from, outChannels), transposed(rowMajor(by, outChannels)), to, size);
      return out;
    }
    const tapBytes = inChannels * outChannels * 4;
    const pixelBytes = inChannels * 4;
    const rowBytes = info.inWidth * pixelBytes;
    for (const { window, y, x } of ofInput(info, outChannels)) {
      implicitGemm(backend, window, from, {
        filter: transposed(
          rowMajor(by + (y.firstTap * info.filterWidth + x.firstTap) * tapBytes, outChannels),
        ),
        stepY: -info.strideHeight * info.filterWidth * tapBytes,
        stepX: -info.strideWidth * tapBytes,
        channels: inChannels,
        out: to + y.phase * rowBytes + x.phase * pixelBytes,
        imageStep: info.inHeight * rowBytes,
        rowStep: info.strideHeight * rowBytes,
        pixelStep: info.strideWidth * pixelBytes,
        finish: NOTHING,
      });
    }
    return out;
  },
);

const conv2dBackpropFilter = kernel<'x' | 'dy', Conv2DBackpropFilterAttrs>(
  Conv2DBackpropFilter,
  ({ x, dy }, attrs, backend) => {
    const info = allFloat(x, dy) ? infoOf(x.shape, attrs.filterShape, attrs) : null;
    if (!info) return null;
    const out = backend.output(info.filterShape);
    const [from, by, to] = [backend.address(x), backend.address(dy), backend.address(out)];
    if (isFlat(info)) gemmLong(backend, from, by, to, [info.inChannels, pixels(info), info.outChannels]);
    else filterGradient(backend, ofOutput(info), from, by, to, info.outChannels);
    return out;
  },
);

export const convKernels: readonly KernelConfig[] = [
  conv2d,
  fusedConv2d,
  conv2dBackpropInput,
  conv2dBackpropFilter,
];
