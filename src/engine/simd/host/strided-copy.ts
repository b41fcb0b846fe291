import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend.ts';
import { Kind, SIZE } from './layout.generated.ts';

/** Most axes of a copy. */
export const MOST_AXES = SIZE.AXES;
/** Numbers of a work item. */
const PIECE = 4096;

/** One axis of a copy: its length, and its stride (in numbers) in the source and in the target. */
export interface Axis {
  readonly size: number;
  /** 0 to repeat, negative to go backwards. */
  readonly from: number;
  readonly to: number;
}

/** Strides, in numbers, of a row-major tensor. */
export function steps(shape: readonly number[]): number[] {
  const found = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) {
    found[axis] = (found[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return found;
}

/** Axes contiguous in both tensors become one; those of length 1 are dropped. */
function merged(axes: readonly Axis[]): Axis[] {
  const found: Axis[] = [];
  for (const axis of [...axes].filter(({ size }) => size !== 1).sort((a, b) => b.to - a.to)) {
    const last = found.at(-1);
    if (last && last.from === axis.from * axis.size && last.to === axis.to * axis.size) {
      found[found.length - 1] = { ...axis, size: last.size * axis.size };
    } else found.push(axis);
  }
  return found;
}

/** True where there are few enough axes for the kernel. */
export const canCopy = (axes: readonly Axis[]): boolean => merged(axes).length <= MOST_AXES;

/** A tensor, and the index of the number where a copy begins. */
export interface Corner {
  readonly tensor: TensorInfo;
  readonly at: number;
}

/**
 * Copies a strided region of 4-byte numbers from one tensor to another.
 *
 * The axis along which the target lies contiguously comes last, and that along which the source does before it, so that
 * a transposition is blocks of 4 x 4.
 */
export function copyStrided(backend: SimdBackend, from: Corner, to: Corner, axes: readonly Axis[]): void {
  const ordered = merged(axes);
  const last = ordered.at(-1);
  const contiguous = ordered.findIndex((axis) => axis.from === 1);
  if (last && last.to === 1 && last.from > 1 && contiguous >= 0) {
    ordered.splice(ordered.length - 2, 0, ...ordered.splice(contiguous, 1));
  }
  while (ordered.length < MOST_AXES) ordered.unshift({ size: 1, from: 0, to: 0 });
  const [rows, columns] = [ordered.at(-2)?.size ?? 1, ordered.at(-1)?.size ?? 1];
  const perColumnBlock = Math.min(columns, PIECE);
  const perRowBlock = Math.min(rows, Math.max(16, 4 * Math.floor(PIECE / perColumnBlock / 4)));
  const [rowBlocks, columnBlocks] = [Math.ceil(rows / perRowBlock), Math.ceil(columns / perColumnBlock)];
  const planes = util.sizeFromShape(ordered.slice(0, -2).map(({ size }) => size));
  const addresses = [from, to].map(({ tensor, at }) => backend.address(tensor) + at * 4);
  backend.threads.launch({
    kind: Kind.stridedCopy,
    total: planes * rowBlocks * columnBlocks,
    cost: perRowBlock * perColumnBlock * 4,
    integers: [
      ...addresses,
      ...ordered.map(({ size }) => size),
      ...ordered.map((axis) => axis.from * 4),
      ...ordered.map((axis) => axis.to * 4),
      ...[rowBlocks, perRowBlock, columnBlocks, perColumnBlock],
    ],
  });
}

/** `x` with its axes of length 1 repeated to fill `shape`. The caller disposes of it. */
export function broadcastTo(backend: SimdBackend, x: TensorInfo, shape: number[]): TensorInfo {
  const out = backend.output(shape);
  const padded = [...Array<number>(shape.length - x.shape.length).fill(1), ...x.shape];
  const source = steps(padded);
  const target = steps(shape);
  const axes = shape.map((size, i) => ({
    size,
    from: padded[i] === 1 ? 0 : (source[i] ?? 0),
    to: target[i] ?? 0,
  }));
  copyStrided(backend, { tensor: x, at: 0 }, { tensor: out, at: 0 }, axes);
  return out;
}
