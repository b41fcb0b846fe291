import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { GpuBackend } from '../../host/backend.ts';
import { kernel } from '../../host/kernel.ts';
import { gridOf } from '../../host/program.ts';
import { readChannels, writeChannels } from '../channels.ts';
import overRows from '../over-rows.wgsl?raw';
import apply from './apply.wgsl?raw';
import finalise from './finalise.wgsl?raw';
import gradientApply from './gradient-apply.wgsl?raw';
import gradientSums from './gradient-sums.wgsl?raw';
import { PARTIAL_ROWS } from './partials.ts';
import statistics from './statistics.wgsl?raw';
import tileStatistics from './tile-statistics.wgsl?raw';

/** Channels of a workgroup. */
const CHANNELS = 32;
/** Most parts of the rows whose sums are added up by every workgroup of the next kernel, and rows that are worth one. */
const MOST_PARTS = 64;
const SHORTEST = 512;
/** Rows for which a workgroup computes the gradient: much more work than adding up the parts. */
const APPLIED_ROWS = 1024;
/** Rows of a thread that applies a norm. */
const ROWS_A_THREAD = 4;

interface Attrs {
  readonly epsilon: number;
}
type Inputs = 'x' | 'gamma' | 'beta' | 'alpha';

/** Batch-norm in training with PReLU behind it: see src/engine/ops/batch-norm.ts for the formulas. */
export const batchNormKernels = (): KernelConfig[] => [
  kernel<Inputs, Attrs>('ArcBatchNorm', ({ inputs, attrs, backend }) =>
    forward(backend, inputs, attrs.epsilon, null),
  ),
  kernel<Inputs | 'movingMean' | 'movingVariance', Attrs & { readonly rate: number }>(
    'ArcBatchNormMoving',
    ({ inputs, attrs, backend }) => {
      const { movingMean: mean, movingVariance: variance } = inputs;
      return forward(backend, inputs, attrs.epsilon, { mean, variance, rate: attrs.rate });
    },
  ),
  kernel<Inputs | 'dy' | 'mean' | 'variance', Attrs>('ArcBatchNormGrad', ({ inputs, attrs, backend }) =>
    backward(backend, inputs, attrs.epsilon),
  ),
];

interface Given {
  readonly x: TensorInfo;
  readonly gamma: TensorInfo;
  readonly beta: TensorInfo;
  readonly alpha?: TensorInfo;
}

interface Moving {
  readonly mean: TensorInfo;
  readonly variance: TensorInfo;
  readonly rate: number;
}

function sizesOf({ x, gamma }: Given): { rows: number; channels: number; four: boolean } {
  const channels = util.sizeFromShape(gamma.shape);
  return { rows: util.sizeFromShape(x.shape) / channels, channels, four: channels % 4 === 0 };
}

function forward(backend: GpuBackend, given: Given, epsilon: number, moving: Moving | null): TensorInfo[] {
  const { x, gamma, beta, alpha } = given;
  const { rows, channels, four } = sizesOf(given);
  const attached = backend.attached(x);
  const partials = attached ?? statisticsOf(backend, given);
  const mean = backend.output([channels]);
  const variance = backend.output([channels]);
  const averages = moving ? [moving.mean, moving.variance] : [];
  const names = ['mean', 'variance', ...(moving ? ['moving_mean', 'moving_variance'] : [])];
  backend.run(
    {
      name: `norm finalise ${moving !== null}`,
      code: [
        '@group(0) @binding(0) var<storage, read> partials: array<f32>;',
        ...names.map(
          (name, i) => `@group(0) @binding(${i + 1}) var<storage, read_write> ${name}: array<f32>;`,
        ),
        `@group(0) @binding(${names.length + 1}) var<uniform> params: Params;`,
        moving ? MOVE : 'fn move_averages(c: u32, own_mean: f32, own_variance: f32) {}',
        finalise,
      ].join('\n'),
      constants: { MOVING: moving ? 1 : 0 },
      workgroups: [Math.ceil(channels / 16), 1, 1],
      params: { u32: [rows, channels], f32: [moving?.rate ?? 0] },
    },
    [partials],
    [mean, variance, ...averages],
  );
  if (!attached) backend.release(partials);

  const y = backend.output(x.shape);
  const perRow = Math.ceil(channels / 4);
  const stride = Math.ceil(rows / ROWS_A_THREAD) * perRow;
  const inputs = ['x', 'mean', 'variance', 'gamma', 'beta', ...(alpha ? ['alpha'] : [])];
  backend.run(
    {
      name: `norm apply ${four} ${alpha !== undefined}`,
      code: [
        ...inputs.map((name, i) => readChannels(name, i, four)),
        writeChannels(inputs.length, four),
        `@group(0) @binding(${inputs.length + 1}) var<uniform> params: Params;`,
        alpha ? ACTIVATE : 'fn activate(z: vec4f, c: u32) -> vec4f { return z; }',
        apply,
      ].join('\n'),
      workgroups: gridOf(Math.ceil(stride / 64)),
      params: { u32: [rows * perRow, stride, perRow, channels], f32: [epsilon] },
    },
    [x, mean, variance, gamma, beta, ...(alpha ? [alpha] : [])],
    [y],
  );
  return [y, mean, variance];
}

function statisticsOf(backend: GpuBackend, given: Given): TensorInfo {
  const { rows, channels, four } = sizesOf(given);
  const tiles = Math.ceil(rows / PARTIAL_ROWS);
  const partials = backend.output([tiles, 2, channels]);
  const [x, y] = gridOf(tiles);
  backend.run(
    {
      name: `norm statistics ${four}`,
      code: [
        readChannels('x', 0, four),
        '@group(0) @binding(1) var<storage, read_write> partials: array<f32>;',
        '@group(0) @binding(2) var<uniform> params: Params;',
        tileStatistics,
        statistics,
      ].join('\n'),
      workgroups: [x, y, Math.ceil(channels / CHANNELS)],
      params: { u32: [rows, channels] },
    },
    [given.x],
    [partials],
  );
  return partials;
}

/** @returns gradients for x, gamma, beta, and alpha if there is one */
function backward(
  backend: GpuBackend,
  given: Given & { readonly dy: TensorInfo; readonly mean: TensorInfo; readonly variance: TensorInfo },
  epsilon: number,
): TensorInfo[] {
  const { x, dy, mean, variance, gamma, beta, alpha } = given;
  const { rows, channels, four } = sizesOf(given);
  const chunks = Math.ceil(channels / CHANNELS);
  const part = Math.max(SHORTEST, Math.ceil(rows / MOST_PARTS));
  const parts = Math.ceil(rows / part);
  const sums = backend.output([3 * parts + 5, channels]);
  const names = ['x', 'dy', 'mean', 'variance', 'gamma', 'beta', ...(alpha ? ['alpha'] : [])];
  backend.run(
    {
      name: `norm gradient sums ${four} ${alpha !== undefined}`,
      code: [
        ...names.map((name, i) => readChannels(name, i, four)),
        writeChannels(names.length, four),
        `@group(0) @binding(${names.length + 1}) var<uniform> params: Params;`,
        alpha ? SLOPES : 'fn slope_at(c: u32) -> vec4f { return vec4f(1.0); }',
        overRows,
        gradientSums,
      ].join('\n'),
      workgroups: [chunks, parts, 1],
      params: { u32: [rows, channels, part, parts], f32: [epsilon] },
    },
    [x, dy, mean, variance, gamma, beta, ...(alpha ? [alpha] : [])],
    [sums],
  );

  const dx = backend.output(x.shape);
  const dgamma = backend.output(gamma.shape);
  const dbeta = backend.output(beta.shape);
  const dalpha = alpha ? backend.output(alpha.shape) : null;
  backend.run(
    {
      name: `norm gradient apply ${four} ${alpha !== undefined}`,
      code: [
        ...['x', 'dy', 'sums'].map((name, i) => readChannels(name, i, four)),
        writeChannels(3, four),
        writeChannels(4, four, 'dgamma'),
        writeChannels(5, four, 'dbeta'),
        ...(alpha ? [writeChannels(6, four, 'dalpha')] : []),
        `@group(0) @binding(${alpha ? 7 : 6}) var<uniform> params: Params;`,
        `fn store_slopes(c: u32, values: vec4f) { ${alpha ? 'store_dalpha(c, c, values);' : ''} }`,
        overRows,
        gradientApply,
      ].join('\n'),
      workgroups: [chunks, Math.ceil(rows / APPLIED_ROWS), 1],
      params: { u32: [rows, channels, APPLIED_ROWS, parts] },
    },
    [x, dy, sums],
    [dx, dgamma, dbeta, ...(dalpha ? [dalpha] : [])],
  );
  backend.release(sums);
  return [dx, dgamma, dbeta, ...(dalpha ? [dalpha] : [])];
}

const MOVE = `
fn move_averages(c: u32, own_mean: f32, own_variance: f32) {
  moving_mean[c] -= (moving_mean[c] - own_mean) * params.rate;
  moving_variance[c] -= (moving_variance[c] - own_variance) * params.rate;
}`;

const ACTIVATE = `
fn activate(z: vec4f, c: u32) -> vec4f { return select(alpha_at(c, c) * z, z, z > vec4f()); }`;

const SLOPES = `
fn slope_at(c: u32) -> vec4f { return alpha_at(c, c); }`;
