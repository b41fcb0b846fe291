import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { GpuBackend } from '../../host/backend.ts';
import { gridOf, type Program } from '../../host/program.ts';
import { PARTIAL_ROWS } from '../norm/partials.ts';
import main from './main.wgsl?raw';
import statistics from './statistics.wgsl?raw';
import { sumPartials } from './sum-partials.ts';
import tile from './tile.wgsl?raw';

/** Rows and columns of C that a workgroup computes. */
const TILE = PARTIAL_ROWS;
/** Enough workgroups for a large card. */
const ENOUGH = 512;
/** K of a part of at least this length is worth a workgroup. */
const SHORTEST = 128;
/** Most bytes of partial results. */
const MOST_BYTES = 4 * 2 ** 20;

/** What is multiplied: the code that fetches four numbers of A and of B that follow each other. */
export interface Operands {
  /** Names the code, with its variants. */
  readonly name: string;
  /**
   * WGSL with `begin_a(m)`, called once before the loop over k with the first of the thread's four rows; `step_a(k)`, called
   * once a step for rows along k; `fetch_a(m, k, i, end)` and `fetch_b(n, k, end)`: four numbers, zeros outside (k from
   * `end` on included). Its bindings 0 and 1 are A and B.
   */
  readonly code: string;
  readonly aAlongK: boolean;
  readonly bAlongK: boolean;
  /** Fields of the uniform struct besides m, n, k, part. */
  readonly fields?: readonly (readonly [string, number])[];
}

export interface ProductShape {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

interface ProductOptions {
  /** Shape of the result. */
  readonly shape: readonly number[];
  /** Long sums over k are split, and the parts added up afterwards. */
  readonly split: boolean;
  /** Also computes the partial statistics of the columns, and attaches them to the result. */
  readonly statistics?: boolean;
  /** WGSL function `finish(n, values)` on four columns of the result; further bindings from 2 on. */
  readonly finish?: { readonly name: string; readonly code: string; readonly reads: readonly TensorInfo[] };
}

/** C [M, N] = A [M, K] B [K, N]. */
export function product(
  backend: GpuBackend,
  [a, b]: readonly [TensorInfo, TensorInfo],
  operands: Operands,
  { m, n, k }: ProductShape,
  { shape, split, statistics: withStatistics = false, finish }: ProductOptions,
): TensorInfo {
  const tiles = Math.ceil(m / TILE) * Math.ceil(n / TILE);
  const parts = split ? partsOf(tiles, m * n, k) : 1;
  const part = Math.ceil(k / parts / 16) * 16;
  const count = Math.max(1, Math.ceil(k / part));
  const [x, y] = gridOf(tiles);
  const result = backend.output(count === 1 ? shape : [count, m, n]);
  const reads = [a, b, ...(finish?.reads ?? [])];
  const vector = n % 4 === 0;
  const partials = withStatistics ? backend.output([Math.ceil(m / TILE), 2, n]) : null;
  const fields = operands.fields ?? [];
  const program: Program = {
    name: `product ${operands.name} ${vector} ${withStatistics} ${finish?.name ?? ''}`,
    code: [
      `struct Params { m: u32, n: u32, k: u32, part: u32${fields.map(([name]) => `, ${name}: u32`).join('')} }`,
      `@group(0) @binding(${reads.length}) var<storage, read_write> out: array<${vector ? 'vec4f' : 'f32'}>;`,
      withStatistics
        ? `@group(0) @binding(${reads.length + 1}) var<storage, read_write> partials: array<f32>;`
        : 'var<private> partials: array<f32, 1>;',
      `@group(0) @binding(${reads.length + (withStatistics ? 2 : 1)}) var<uniform> params: Params;`,
      operands.code,
      finish?.code ?? 'fn finish(n: u32, values: vec4f) -> vec4f { return values; }',
      vector ? STORE_FOUR : STORE_ONE,
      tile,
      withStatistics ? statistics : 'fn statistics(tile_m: u32, m: u32, n: u32, local: u32) {}',
      main,
    ].join('\n'),
    constants: {
      A_ALONG_K: operands.aAlongK ? 1 : 0,
      B_ALONG_K: operands.bAlongK ? 1 : 0,
      STATISTICS: withStatistics ? 1 : 0,
    },
    workgroups: [x, y, count],
    params: { u32: [m, n, k, part, ...fields.map(([, value]) => value)] },
  };
  backend.run(program, reads, partials ? [result, partials] : [result]);
  if (partials) backend.attach(result, partials);
  return count === 1 ? result : sumPartials(backend, result, shape);
}

/** Into how many parts the sum over k is split. */
function partsOf(tiles: number, numbers: number, k: number): number {
  const most = Math.min(Math.ceil(k / SHORTEST), Math.floor(MOST_BYTES / (4 * numbers)));
  return Math.max(1, Math.min(Math.ceil(ENOUGH / tiles), most));
}

const STORE_FOUR = `
fn store(row: u32, n: u32, values: vec4f) {
  if (n < params.n) { out[(row + n) / 4u] = finish(n, values); }
}`;

const STORE_ONE = `
fn store(row: u32, n: u32, values: vec4f) {
  let finished = finish(n, values);
  for (var c = 0u; c < 4u; c++) {
    if (n + c < params.n) { out[row + n + c] = finished[c]; }
  }
}`;

/** WGSL: the declaration of a matrix and the function `NAME_at(i)`, the four numbers from i on; i % 4 is 0 where `vector`. */
export function declare(name: string, binding: number, vector: boolean): string {
  const type = vector ? 'vec4f' : 'f32';
  return `@group(0) @binding(${binding}) var<storage, read> ${name}: array<${type}>;`;
}

/**
 * WGSL of a function `NAME(row, column, limit)`: four numbers of a matrix in rows of `width`, along a row from `column` on,
 * zeros from `limit` on; the row must exist.
 */
export function alongRow(name: string, matrix: string, width: string, vector: boolean): string {
  const at = `row * ${width} + column`;
  if (vector) {
    return `fn ${name}(row: u32, column: u32, limit: u32) -> vec4f {
  if (column >= limit) { return vec4f(); }
  return ${matrix}[(${at}) / 4u];
}`;
  }
  return `fn ${name}(row: u32, column: u32, limit: u32) -> vec4f {
  var four: vec4f;
  for (var i = 0u; i < 4u; i++) {
    if (column + i < limit) { four[i] = ${matrix}[${at} + i]; }
  }
  return four;
}`;
}
