import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { GpuBackend } from '../../host/backend.ts';
import { allFloat, kernel } from '../../host/kernel.ts';
import { readChannels, writeChannels } from '../channels.ts';
import overRows from '../over-rows.wgsl?raw';
import { sumPartials } from '../product/sum-partials.ts';
import code from './columns.wgsl?raw';

/** Columns of a workgroup; most parts, and rows that are worth one. */
const CHANNELS = 32;
const MOST_PARTS = 64;
const SHORTEST = 256;

/** Sums over all axes but the last, and what is made of them. */
export const columnKernels = (): KernelConfig[] => [
  kernel<'x', { readonly axis: number | number[]; readonly keepDims?: boolean }>(
    'Sum',
    ({ inputs: { x }, attrs, backend }) => {
      const axes = util.parseAxisParam(attrs.axis, x.shape);
      const outer = x.shape.length > 1 && axes.length === x.shape.length - 1;
      const size = util.sizeFromShape(x.shape);
      if (!allFloat(x) || !outer || axes.includes(x.shape.length - 1) || size === 0) return null;
      const channels = x.shape.at(-1) ?? 1;
      const shape = attrs.keepDims ? [...axes.map(() => 1), channels] : [channels];
      const take = 'fn take(i: u32, c: u32) -> vec4f { return x_at(i, c); }';
      return columnSums(backend, { name: 'sum', take, reads: { x } }, channels, shape);
    },
  ),
  kernel<'dy' | 'x' | 'alpha', unknown>('ArcPreluGrad', ({ inputs: { dy, x, alpha }, backend }) => {
    const dx = backend.output(x.shape);
    const take = `fn take(i: u32, c: u32) -> vec4f {
  let x = x_at(i, c);
  let dy = dy_at(i, c);
  store_dx(i, c, select(dy * alpha_at(c, c), dy, x > vec4f()));
  return dy * min(x, vec4f());
}`;
    const work = { name: 'prelu gradient', take, reads: { x, dy, alpha }, also: dx };
    return [dx, columnSums(backend, work, x.shape.at(-1) ?? 1, alpha.shape)];
  }),
];

interface Work {
  readonly name: string;
  /** WGSL of `take`. */
  readonly take: string;
  /** By the name of the binding; the first has the shape of the matrix. */
  readonly reads: Readonly<Record<string, TensorInfo>>;
  /** A tensor `dx` that is written besides. */
  readonly also?: TensorInfo;
}

function columnSums(
  backend: GpuBackend,
  { name, take, reads, also }: Work,
  channels: number,
  shape: readonly number[],
): TensorInfo {
  const tensors = Object.values(reads);
  const rows = util.sizeFromShape(tensors[0]?.shape ?? []) / channels;
  const part = Math.max(SHORTEST, Math.ceil(rows / MOST_PARTS));
  const parts = Math.ceil(rows / part);
  const four = channels % 4 === 0;
  const result = backend.output(parts === 1 ? shape : [parts, channels]);
  const next = tensors.length;
  backend.run(
    {
      name: `columns ${name} ${four}`,
      code: [
        ...Object.keys(reads).map((binding, i) => readChannels(binding, i, four)),
        writeChannels(next, four),
        ...(also ? [writeChannels(next + 1, four, 'dx')] : []),
        `@group(0) @binding(${next + (also ? 2 : 1)}) var<uniform> params: Params;`,
        take,
        overRows,
        code,
      ].join('\n'),
      workgroups: [Math.ceil(channels / CHANNELS), parts, 1],
      params: { u32: [rows, channels, part] },
    },
    tensors,
    also ? [result, also] : [result],
  );
  return parts === 1 ? result : sumPartials(backend, result, shape);
}
