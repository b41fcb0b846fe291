import {
  backend_util,
  type KernelConfig,
  Max,
  Mean,
  Sum,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../host/backend.ts';
import { allFloat, kernel } from '../host/kernel.ts';
import { Kind, reduceOp } from '../host/layout.generated.ts';

/** Numbers of a work item: sums of so many in single precision stay exact enough. */
const PIECE = 8192;
const MOST_ROWS = 256;

const { sum: SUM, max: MAX } = reduceOp;

/** A tensor seen as [outer, R, inner], reduced over R. */
interface View {
  readonly outer: number;
  readonly R: number;
  readonly inner: number;
}

/** Axes that lie side by side together, the last ones first. */
function neighbours(axes: readonly number[]): number[][] {
  const groups: number[][] = [];
  for (const axis of axes) {
    const last = groups.at(-1);
    if (last && last.at(-1) === axis - 1) last.push(axis);
    else groups.push([axis]);
  }
  return groups.reverse();
}

function viewOf(shape: readonly number[], axes: readonly number[]): View {
  const first = axes[0] ?? 0;
  const size = (part: readonly number[]): number => util.sizeFromShape([...part]);
  return {
    outer: size(shape.slice(0, first)),
    R: size(shape.slice(first, first + axes.length)),
    inner: size(shape.slice(first + axes.length)),
  };
}

function reduceRows(
  backend: SimdBackend,
  op: number,
  x: number,
  out: number,
  { outer, R }: View,
  factor: number,
): void {
  const pieces = Math.ceil(R / PIECE);
  const run = (from: number, to: number, length: number, parts: number, times: number): void => {
    const perPiece = Math.ceil(length / parts / 16) * 16;
    backend.threads.launch({
      kind: Kind.reduceRows,
      total: outer * parts,
      cost: perPiece * 2,
      integers: [op, from, to, length, parts, perPiece],
      floats: [times],
    });
  };
  if (pieces === 1) {
    run(x, out, R, 1, factor);
    return;
  }
  // Rounding up to whole vectors can make fewer pieces do.
  const needed = Math.ceil(R / (Math.ceil(R / pieces / 16) * 16));
  backend.scratch(outer * needed * 4, (parts) => {
    run(x, parts, R, needed, 1);
    run(parts, out, needed, 1, factor);
  });
}

function reduceColumns(
  backend: SimdBackend,
  op: number,
  x: number,
  out: number,
  { outer, R, inner }: View,
  factor: number,
): void {
  const perBlock = Math.max(8, Math.min(MOST_ROWS, Math.ceil(PIECE / inner / 4) * 4));
  const blocks = Math.ceil(R / perBlock);
  backend.scratch(outer * blocks * Math.ceil(inner / 4) * 16, (parts) => {
    backend.threads.launch({
      kind: Kind.reduceColumns,
      total: outer * blocks,
      cost: Math.min(R, perBlock) * inner * 2,
      integers: [op, x, parts, R, inner, blocks, perBlock],
    });
    joinColumns(backend, parts, out, { outer, inner, blocks }, op, factor);
  });
}

/** Joins parts [outer, blocks, inner padded to whole vectors] over the blocks, and multiplies. */
export function joinColumns(
  backend: SimdBackend,
  parts: number,
  out: number,
  { outer, inner, blocks }: { readonly outer: number; readonly inner: number; readonly blocks: number },
  op: number = SUM,
  factor = 1,
): void {
  backend.threads.launch({
    kind: Kind.joinColumns,
    total: outer,
    cost: blocks * inner * 2,
    integers: [op, parts, out, inner, blocks],
    floats: [factor],
  });
}

function reduce(
  backend: SimdBackend,
  x: TensorInfo,
  axis: number | number[] | null | undefined,
  keepDims: boolean,
  op: number,
  mean = false,
): TensorInfo | null {
  if (!allFloat(x) || util.sizeFromShape(x.shape) === 0) return null;
  // No axes given means all of them.
  const axes = util.parseAxisParam(axis ?? x.shape.map((_, i) => i), x.shape).sort((a, b) => a - b);
  if (axes.length === 0) return null;
  const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  const [short] = backend_util.computeOutAndReduceShapes(x.shape, axes);
  const out = backend.output(keepDims ? kept : short);
  const groups = neighbours(axes);
  const terms = util.sizeFromShape(x.shape) / util.sizeFromShape(kept);

  /** Group by group, each into memory of its own but the last. */
  const next = (from: number, shape: readonly number[], n: number): void => {
    const group = groups[n] ?? [];
    const view = viewOf(shape, group);
    const run = view.inner === 1 ? reduceRows : reduceColumns;
    if (n === groups.length - 1) {
      run(backend, op, from, backend.address(out), view, mean ? 1 / terms : 1);
      return;
    }
    const left = shape.map((size, i) => (group.includes(i) ? 1 : size));
    backend.scratch(util.sizeFromShape(left) * 4, (to) => {
      run(backend, op, from, to, view, 1);
      next(to, left, n + 1);
    });
  };
  next(backend.address(x), x.shape, 0);
  return out;
}

interface Axis {
  readonly axis?: number | number[];
  readonly keepDims: boolean;
}

const sum = kernel<'x', Axis>(Sum, ({ x }, { axis, keepDims }, backend) =>
  reduce(backend, x, axis, keepDims, SUM),
);
const mean = kernel<'x', Axis>(Mean, ({ x }, { axis, keepDims }, backend) =>
  reduce(backend, x, axis, keepDims, SUM, true),
);
const max = kernel<'x', { reductionIndices?: number | number[]; keepDims: boolean }>(
  Max,
  ({ x }, { reductionIndices, keepDims }, backend) => reduce(backend, x, reductionIndices, keepDims, MAX),
);

export const reduceKernels: readonly KernelConfig[] = [sum, mean, max];
