import {
  backend_util,
  Conv2D,
  type Conv2DAttrs,
  Conv2DBackpropFilter,
  type Conv2DBackpropFilterAttrs,
  Conv2DBackpropInput,
  type Conv2DBackpropInputAttrs,
  type KernelConfig,
} from '@tensorflow/tfjs-core';
import { gemm, gemmLong, rowMajor, transposed } from '../gemm.ts';
import { allFloat, kernel } from '../kernel.ts';

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

const conv2d = kernel<'x' | 'filter', Conv2DAttrs>(Conv2D, ({ x, filter }, attrs, backend) => {
  if (!allFloat(x, filter) || attrs.dataFormat !== 'NHWC') return null;
  const info = backend_util.computeConv2DInfo(
    x.shape as Size4,
    filter.shape as Size4,
    attrs.strides,
    attrs.dilations,
    attrs.pad,
    attrs.dimRoundingMode,
  );
  if (!isFlat(info)) return null;
  const out = backend.output(info.outShape);
  const size = [pixels(info), info.inChannels, info.outChannels] as const;
  const [from, by, to] = [backend.address(x), backend.address(filter), backend.address(out)];
  gemm(backend, rowMajor(from, info.inChannels), rowMajor(by, info.outChannels), to, size);
  return out;
});

const conv2dBackpropInput = kernel<'dy' | 'filter', Conv2DBackpropInputAttrs>(
  Conv2DBackpropInput,
  ({ dy, filter }, attrs, backend) => {
    if (!allFloat(dy, filter) || attrs.dataFormat !== 'NHWC') return null;
    const info = backend_util.computeConv2DInfo(
      attrs.inputShape,
      filter.shape as Size4,
      attrs.strides,
      1,
      attrs.pad,
      attrs.dimRoundingMode,
    );
    if (!isFlat(info)) return null;
    const out = backend.output(info.inShape);
    const [from, by, to] = [backend.address(dy), backend.address(filter), backend.address(out)];
    const size = [pixels(info), info.outChannels, info.inChannels] as const;
    gemm(backend, rowMajor(from, info.outChannels), transposed(rowMajor(by, info.outChannels)), to, size);
    return out;
  },
);

const conv2dBackpropFilter = kernel<'x' | 'dy', Conv2DBackpropFilterAttrs>(
  Conv2DBackpropFilter,
  ({ x, dy }, attrs, backend) => {
    if (!allFloat(x, dy) || attrs.dataFormat !== 'NHWC') return null;
    const info = backend_util.computeConv2DInfo(
      x.shape as Size4,
      attrs.filterShape,
      attrs.strides,
      1,
      attrs.pad,
      attrs.dimRoundingMode,
    );
    if (!isFlat(info)) return null;
    const out = backend.output(info.filterShape);
    const [from, by, to] = [backend.address(x), backend.address(dy), backend.address(out)];
    gemmLong(backend, from, by, to, [info.inChannels, pixels(info), info.outChannels]);
    return out;
  },
);

export const convKernels: readonly KernelConfig[] = [conv2d, conv2dBackpropInput, conv2dBackpropFilter];
