import {
  FusedBatchNorm,
  type FusedBatchNormAttrs,
  type KernelConfig,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../host/backend.ts';
import { allFloat, kernel } from '../host/kernel.ts';
import { Kind, SIZE } from '../host/layout.generated.ts';

/** Numbers of a block of rows: it is looked at twice, and lies in the second-level cache in between. */
const BLOCK = 32768;
/** Partial sums of a block are in single precision; so many terms keep them exact enough. */
const MOST_ROWS = 512;
/** Coefficients and partial sums of a channel. */
const { NORM_COEFFICIENTS: COEFFICIENTS, NORM_SUMS: SUMS } = SIZE;

/** How [rows, C] is cut into blocks. */
interface Cut {
  readonly rows: number;
  readonly channels: number;
  readonly perBlock: number;
  readonly blocks: number;
  /** Groups of 4 channels, and bytes of C numbers in whole vectors. */
  readonly groups: number;
  readonly width: number;
}

function cut(shape: readonly number[]): Cut {
  const channels = shape.at(-1) ?? 1;
  const rows = util.sizeFromShape(shape.slice(0, -1));
  const perBlock = Math.max(8, Math.min(MOST_ROWS, Math.ceil(BLOCK / channels / 8) * 8));
  const groups = Math.ceil(channels / 4);
  return { rows, channels, perBlock, blocks: Math.ceil(rows / perBlock), groups, width: groups * 16 };
}

interface ChannelTensors {
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
  readonly gamma?: TensorInfo | undefined;
  readonly beta?: TensorInfo | undefined;
  readonly alpha?: TensorInfo | undefined;
}

/** Puts the coefficients of all channels at `to`. */
function coefficients(backend: SimdBackend, of: ChannelTensors, to: number, c: Cut, epsilon: number): void {
  const optional = (tensor: TensorInfo | undefined): number => (tensor ? backend.address(tensor) : 0);
  backend.threads.launch({
    kind: Kind.normCoefficients,
    total: c.groups,
    cost: 64,
    integers: [
      backend.address(of.mean),
      backend.address(of.variance),
      optional(of.gamma),
      optional(of.beta),
      optional(of.alpha),
      to,
      c.channels,
    ],
    floats: [epsilon],
  });
}

/** y = prelu((x - mean) scale + beta) for coefficients at `by`. */
function apply(backend: SimdBackend, x: number, y: number, by: number, c: Cut, active: boolean): void {
  backend.threads.launch({
    kind: Kind.normApply,
    total: c.blocks,
    cost: c.perBlock * c.channels * 4,
    integers: [x, y, by, c.rows, c.channels, c.perBlock, active ? 1 : 0],
  });
}

interface Epsilon {
  readonly epsilon: number;
}

const batchNorm = kernel<'x' | 'gamma' | 'beta' | 'alpha', Epsilon>(
  'ArcBatchNorm',
  ({ x, gamma, beta, alpha }, { epsilon }, backend) => {
    const c = cut(x.shape);
    const y = backend.output(x.shape);
    const mean = backend.output([c.channels]);
    const variance = backend.output([c.channels]);
    const [from, to] = [backend.address(x), backend.address(y)];
    backend.scratch(c.blocks * c.width * SUMS, (parts) => {
      backend.threads.launch({
        kind: Kind.normStatistics,
        total: c.blocks,
        cost: c.perBlock * c.channels * 2,
        integers: [from, parts, c.rows, c.channels, c.perBlock],
      });
      backend.threads.launch({
        kind: Kind.normFinish,
        total: c.groups,
        cost: c.blocks * 64,
        integers: [
          parts,
          c.blocks,
          c.rows,
          c.perBlock,
          c.channels,
          backend.address(mean),
          backend.address(variance),
        ],
      });
    });
    backend.scratch(c.width * COEFFICIENTS, (by) => {
      coefficients(backend, { mean, variance, gamma, beta, alpha }, by, c, epsilon);
      apply(backend, from, to, by, c, Boolean(alpha));
    });
    return [y, mean, variance];
  },
);

/** Outside training: with given statistics, one number a channel each. */
const inference = kernel<'x' | 'mean' | 'variance' | 'scale' | 'offset', FusedBatchNormAttrs>(
  FusedBatchNorm,
  ({ x, mean, variance, scale, offset }, { varianceEpsilon }, backend) => {
    const c = cut(x.shape);
    // Scale and offset may be left out, whatever the types say.
    const perChannel: (TensorInfo | undefined)[] = [mean, variance, scale, offset];
    const fits = perChannel.every((tensor) => !tensor || util.sizeFromShape(tensor.shape) === c.channels);
    if (!fits || !allFloat(x, ...perChannel) || c.rows === 0) return null;
    const y = backend.output(x.shape);
    const [from, to] = [backend.address(x), backend.address(y)];
    backend.scratch(c.width * COEFFICIENTS, (by) => {
      const of = { mean, variance, gamma: scale, beta: offset };
      coefficients(backend, of, by, c, varianceEpsilon ?? 0.001);
      apply(backend, from, to, by, c, false);
    });
    return y;
  },
);

const batchNormGrad = kernel<'dy' | 'x' | 'gamma' | 'beta' | 'alpha' | 'mean' | 'variance', Epsilon>(
  'ArcBatchNormGrad',
  ({ dy, x, gamma, beta, alpha, mean, variance }, { epsilon }, backend) => {
    const c = cut(x.shape);
    const active = alpha ? 1 : 0;
    const dx = backend.output(x.shape);
    const dgamma = backend.output([c.channels]);
    const dbeta = backend.output([c.channels]);
    const slopes = alpha ? [backend.output(alpha.shape)] : [];
    const [input, gradient, to] = [backend.address(x), backend.address(dy), backend.address(dx)];
    const [toGamma, toBeta] = [backend.address(dgamma), backend.address(dbeta)];
    const toAlpha = slopes[0] ? backend.address(slopes[0]) : 0;
    backend.scratch(c.width * (COEFFICIENTS + c.blocks * SUMS), (by) => {
      const parts = by + c.width * COEFFICIENTS;
      coefficients(backend, { mean, variance, gamma, beta, alpha }, by, c, epsilon);
      backend.threads.launch({
        kind: Kind.normGradSums,
        total: c.blocks,
        cost: c.perBlock * c.channels * 4,
        integers: [input, gradient, by, parts, c.rows, c.channels, c.perBlock, active],
      });
      backend.threads.launch({
        kind: Kind.normGradFinish,
        total: c.groups,
        cost: c.blocks * 48,
        integers: [parts, c.blocks, c.rows, c.channels, by, toGamma, toBeta, toAlpha],
      });
      backend.threads.launch({
        kind: Kind.normGradApply,
        total: c.blocks,
        cost: c.perBlock * c.channels * 6,
        integers: [input, gradient, by, to, c.rows, c.channels, c.perBlock, active],
      });
    });
    return [dx, dgamma, dbeta, ...slopes];
  },
);

const move = kernel<'mean' | 'ofMean' | 'variance' | 'ofVariance', { rate: number }>(
  'ArcMovingAverage',
  ({ mean, ofMean, variance, ofVariance }, { rate }, backend) => {
    const integers = [mean, ofMean, variance, ofVariance].map((tensor) => backend.address(tensor));
    const channels = util.sizeFromShape(mean.shape);
    backend.threads.launch({
      kind: Kind.normMovingAverage,
      total: 1,
      cost: channels,
      integers: [...integers, channels],
      floats: [rate],
    });
    return [];
  },
);

export const batchNormKernels: readonly KernelConfig[] = [batchNorm, batchNormGrad, inference, move];
