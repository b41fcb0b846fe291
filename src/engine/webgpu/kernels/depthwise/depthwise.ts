import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { GpuBackend } from '../../host/backend.ts';
import { allFloat, kernel } from '../../host/kernel.ts';
import { gridOf } from '../../host/program.ts';
import { readChannels, writeChannels } from '../channels.ts';
import { type ConvAttrs, convInfo, isTraining } from '../convolution/conv2d.ts';
import type { ConvInfo } from '../convolution/operands.ts';
import { PARTIAL_ROWS } from '../norm/partials.ts';
import tileStatistics from '../norm/tile-statistics.wgsl?raw';
import { type Activation, type Finish, finishOf } from '../product/finish.ts';
import { sumPartials } from '../product/sum-partials.ts';
import convolution from './depthwise.wgsl?raw';
import filterGradient from './filter-gradient.wgsl?raw';

/** Channels of a workgroup. */
const CHANNELS = 32;
/** Taps whose gradient a workgroup computes. */
const TAPS = 9;
/** Enough workgroups for a large card, and the shortest share of rows that is worth one. */
const ENOUGH = 1024;
const SHORTEST = 128;

/** Depthwise convolutions with one filter a channel, [B, H, W, C] x [KH, KW, C, 1], and their gradients. */
export const depthwiseKernels = (): KernelConfig[] => [
  kernel<'x' | 'filter', ConvAttrs>('DepthwiseConv2dNative', ({ inputs: { x, filter }, attrs, backend }) => {
    const info = infoOf(x.shape, filter.shape, attrs);
    if (!info || !allFloat(x, filter)) return null;
    return gathered(backend, [x, filter], info, { backward: false, statistics: isTraining() });
  }),
  kernel<'x' | 'filter' | 'bias' | 'preluActivationWeights', ConvAttrs & Activation>(
    'FusedDepthwiseConv2D',
    ({ inputs, attrs, backend }) => {
      const { x, filter } = inputs;
      const info = infoOf(x.shape, filter.shape, attrs);
      const finish = info && finishOf(inputs, attrs, info.outChannels, 2);
      if (!info || !finish || !allFloat(x, filter)) return null;
      return gathered(backend, [x, filter], info, { backward: false, statistics: false, finish });
    },
  ),
  kernel<'dy' | 'filter', ConvAttrs & { readonly inputShape: number[] }>(
    'DepthwiseConv2dNativeBackpropInput',
    ({ inputs: { dy, filter }, attrs, backend }) => {
      const info = infoOf(attrs.inputShape, filter.shape, attrs);
      if (!info || !allFloat(dy, filter)) return null;
      return gathered(backend, [dy, filter], info, { backward: true, statistics: false });
    },
  ),
  kernel<'x' | 'dy', ConvAttrs & { readonly filterShape: number[] }>(
    'DepthwiseConv2dNativeBackpropFilter',
    ({ inputs: { x, dy }, attrs, backend }) => {
      const info = infoOf(x.shape, attrs.filterShape, attrs);
      return info && allFloat(x, dy) ? gradientForFilter(backend, x, dy, info) : null;
    },
  ),
];

/** Null for more than one filter a channel. */
function infoOf(x: readonly number[], filter: readonly number[], attrs: ConvAttrs): ConvInfo | null {
  return filter[3] === 1 ? convInfo(x, filter, attrs, true) : null;
}

interface Options {
  readonly backward: boolean;
  readonly statistics: boolean;
  readonly finish?: Finish;
}

/** The convolution of x, or the gradient for x from that of the result. */
function gathered(
  backend: GpuBackend,
  [picture, filter]: readonly [TensorInfo, TensorInfo],
  info: ConvInfo,
  { backward, statistics, finish }: Options,
): TensorInfo {
  const [from, to] = backward ? [info.outShape, info.inShape] : [info.inShape, info.outShape];
  const [, inH = 0, inW = 0] = from;
  const [batch = 0, outH = 0, outW = 0, channels = 0] = to;
  const rows = batch * outH * outW;
  const tiles = Math.ceil(rows / PARTIAL_ROWS);
  const [x, y] = gridOf(tiles);
  const four = channels % 4 === 0;
  const reads = [picture, filter, ...(finish?.reads ?? [])];
  const result = backend.output(to);
  const partials = statistics ? backend.output([tiles, 2, channels]) : null;
  const next = reads.length;
  backend.run(
    {
      name: `depthwise ${four} ${statistics} ${finish?.name ?? ''}`,
      code: [
        readChannels('picture', 0, four),
        readChannels('weights', 1, four),
        writeChannels(next, four),
        statistics
          ? `@group(0) @binding(${next + 1}) var<storage, read_write> partials: array<f32>;`
          : 'var<private> partials: array<f32, 1>;',
        `@group(0) @binding(${next + (statistics ? 2 : 1)}) var<uniform> params: Params;`,
        finish
          ? finish.code.replaceAll('params.n', 'params.channels')
          : 'fn finish(n: u32, values: vec4f) -> vec4f { return values; }',
        tileStatistics,
        convolution,
      ].join('\n'),
      constants: { BACKWARD: backward ? 1 : 0, STATISTICS: statistics ? 1 : 0 },
      workgroups: [x, y, Math.ceil(channels / CHANNELS)],
      params: { u32: [rows, channels, inH, inW, outH, outW, ...filterParams(info)] },
    },
    reads,
    partials ? [result, partials] : [result],
  );
  if (partials) backend.attach(result, partials);
  return result;
}

function gradientForFilter(backend: GpuBackend, x: TensorInfo, dy: TensorInfo, info: ConvInfo): TensorInfo {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels: channels } = info;
  const taps = info.filterHeight * info.filterWidth;
  const rows = batchSize * outHeight * outWidth;
  const chunks = Math.ceil(channels / CHANNELS);
  const groups = chunks * Math.ceil(taps / TAPS);
  const wanted = Math.max(1, Math.min(Math.ceil(ENOUGH / groups), Math.ceil(rows / SHORTEST)));
  const part = Math.ceil(rows / wanted);
  const parts = Math.ceil(rows / part);
  const shape = info.filterShape;
  const result = backend.output(parts === 1 ? shape : [parts, util.sizeFromShape(shape)]);
  const four = channels % 4 === 0;
  backend.run(
    {
      name: `depthwise filter gradient ${four}`,
      code: [
        readChannels('picture', 0, four),
        readChannels('dy', 1, four),
        writeChannels(2, four),
        '@group(0) @binding(3) var<uniform> params: Params;',
        filterGradient,
      ].join('\n'),
      workgroups: [groups, parts, 1],
      params: {
        u32: [rows, channels, inHeight, inWidth, outHeight, outWidth, ...filterParams(info), part, chunks],
      },
    },
    [x, dy],
    [result],
  );
  return parts === 1 ? result : sumPartials(backend, result, shape);
}

const filterParams = (info: ConvInfo): number[] => [
  info.filterHeight,
  info.filterWidth,
  info.strideHeight,
  info.strideWidth,
  info.padInfo.top,
  info.padInfo.left,
];
