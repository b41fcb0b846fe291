import { type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { GpuBackend } from '../../host/backend.ts';
import { allFloat, kernel } from '../../host/kernel.ts';
import { gridOf } from '../../host/program.ts';
import { type Activation, type Finish, finishOf } from './finish.ts';
import finishCode from './finish.wgsl?raw';
import { alongRow, declare, type Operands, type ProductShape, product } from './product.ts';

interface MatMulAttrs {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** Products of two matrices; of stacks of matrices only where there is one on each side. */
export const matmulKernels = (): KernelConfig[] => [
  kernel<'a' | 'b', MatMulAttrs>('BatchMatMul', ({ inputs: { a, b }, attrs, backend }) => {
    const outer = [a, b].map(({ shape }) => util.sizeFromShape(shape.slice(0, -2)));
    if (!allFloat(a, b) || outer.some((count) => count !== 1)) return null;
    const { m, n } = shapeOf(a, b, attrs);
    const rank = Math.max(a.shape.length, b.shape.length);
    return matmul(backend, a, b, attrs, [...Array<number>(rank - 2).fill(1), m, n]);
  }),
  kernel<'a' | 'b' | 'bias' | 'preluActivationWeights', MatMulAttrs & Activation>(
    '_FusedMatMul',
    ({ inputs, attrs, backend }) => {
      const { a, b } = inputs;
      const outer = [a, b].map(({ shape }) => util.sizeFromShape(shape.slice(0, -2)));
      if (!allFloat(a, b) || outer.some((count) => count !== 1)) return null;
      const { m, n } = shapeOf(a, b, attrs);
      const finish = finishOf(inputs, attrs, n, 1);
      if (!finish) return null;
      const rank = Math.max(a.shape.length, b.shape.length);
      const sums = matmul(backend, a, b, attrs, [...Array<number>(rank - 2).fill(1), m, n]);
      return attrs.activation === 'linear' && !inputs.bias ? sums : finished(backend, sums, finish);
    },
  ),
];

/** Bias and activation of a matrix, which is freed. */
function finished(backend: GpuBackend, x: TensorInfo, finish: Finish): TensorInfo {
  const [m = 1, n = 1] = x.shape.slice(-2);
  const result = backend.output(x.shape);
  const next = 1 + finish.reads.length;
  backend.run(
    {
      name: `finish ${finish.name}`,
      code: [
        '@group(0) @binding(0) var<storage, read> x: array<f32>;',
        `@group(0) @binding(${next}) var<storage, read_write> out: array<f32>;`,
        `@group(0) @binding(${next + 1}) var<uniform> params: Params;`,
        finish.code,
        finishCode,
      ].join('\n'),
      workgroups: gridOf(Math.ceil((m * Math.ceil(n / 4)) / 64)),
      params: { u32: [m, n] },
    },
    [x, ...finish.reads],
    [result],
  );
  backend.release(x);
  return result;
}

/** C [m, n] = A B, each of them transposed where the attributes say so. */
export function matmul(
  backend: GpuBackend,
  a: TensorInfo,
  b: TensorInfo,
  attrs: MatMulAttrs,
  shape: readonly number[],
): TensorInfo {
  const sizes = shapeOf(a, b, attrs);
  return product(backend, [a, b], matrices(sizes, attrs), sizes, { shape, split: true });
}

function shapeOf(a: TensorInfo, b: TensorInfo, { transposeA, transposeB }: MatMulAttrs): ProductShape {
  const [rows = 1, columns = 1] = a.shape.slice(-2);
  const [bRows = 1, bColumns = 1] = b.shape.slice(-2);
  return {
    m: transposeA ? columns : rows,
    k: transposeA ? rows : columns,
    n: transposeB ? bRows : bColumns,
  };
}

/** A stored as [M, K], or as [K, M] where transposed; B as [K, N], or as [N, K]. */
export function matrices({ m, n, k }: ProductShape, { transposeA, transposeB }: MatMulAttrs): Operands {
  const fourA = (transposeA ? m : k) % 4 === 0;
  const fourB = (transposeB ? k : n) % 4 === 0;
  const a = transposeA
    ? `${alongRow('row_of_a', 'a', 'params.m', fourA)}
fn fetch_a(m: u32, k: u32, i: u32, end: u32) -> vec4f {
  if (k >= end) { return vec4f(); }
  return row_of_a(k, m, params.m);
}`
    : `${alongRow('row_of_a', 'a', 'params.k', fourA)}
fn fetch_a(m: u32, k: u32, i: u32, end: u32) -> vec4f {
  if (m >= params.m) { return vec4f(); }
  return row_of_a(m, k, end);
}`;
  const b = transposeB
    ? `${alongRow('row_of_b', 'b', 'params.k', fourB)}
fn fetch_b(n: u32, k: u32, end: u32) -> vec4f {
  if (n >= params.n) { return vec4f(); }
  return row_of_b(n, k, end);
}`
    : fetchRows(fourB);
  return {
    name: `matrices ${transposeA} ${transposeB} ${fourA} ${fourB}`,
    code: [
      declare('a', 0, fourA),
      declare('b', 1, fourB),
      'fn begin_a(m: u32) {}',
      'fn step_a(k: u32) {}',
      a,
      b,
    ].join('\n'),
    aAlongK: !transposeA,
    bAlongK: transposeB,
  };
}

/** WGSL of `fetch_b` for B stored as [K, N]. */
export const fetchRows = (vector: boolean): string => `${alongRow('row_of_b', 'b', 'params.n', vector)}
fn fetch_b(n: u32, k: u32, end: u32) -> vec4f {
  if (k >= end) { return vec4f(); }
  return row_of_b(k, n, params.n);
}`;
