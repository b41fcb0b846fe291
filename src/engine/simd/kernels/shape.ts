import {
  backend_util,
  Concat,
  type ConcatAttrs,
  type KernelConfig,
  Pack,
  type PackAttrs,
  PadV2,
  type PadV2Attrs,
  Reverse,
  type ReverseAttrs,
  Slice,
  type SliceAttrs,
  SplitV,
  type SplitVAttrs,
  slice_util,
  type TensorInfo,
  Tile,
  type TileAttrs,
  Transpose,
  type TransposeAttrs,
  Unpack,
  type UnpackAttrs,
  util,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../host/backend.ts';
import { kernel } from '../host/kernel.ts';
import { type Axis, type Corner, canCopy, copyStrided, MOST_AXES, steps } from '../host/strided-copy.ts';
import { filled } from './elementwise.ts';

/** 4-byte numbers, at least one. */
const movable = ({ dtype, shape }: TensorInfo): boolean => isNumber(dtype) && size(shape) > 0;

const isNumber = (dtype: string): dtype is 'float32' | 'int32' => dtype === 'float32' || dtype === 'int32';
const size = (shape: readonly number[]): number => util.sizeFromShape([...shape]);

/** A new tensor, copied from a strided region of another. */
function taken(
  backend: SimdBackend,
  from: Corner,
  shape: number[],
  axes: readonly Axis[],
): TensorInfo | null {
  const { dtype } = from.tensor;
  if (!isNumber(dtype) || size(shape) === 0 || !canCopy(axes)) return null;
  const out = backend.output(shape, dtype);
  copyStrided(backend, from, { tensor: out, at: 0 }, axes);
  return out;
}

/** The axes of a copy of `shape` between two tensors, by the strides that these have on them. */
const axesOf = (shape: readonly number[], from: readonly number[], to: readonly number[]): Axis[] =>
  shape.map((length, i) => ({ size: length, from: from[i] ?? 0, to: to[i] ?? 0 }));

function slice(
  backend: SimdBackend,
  x: TensorInfo,
  begin: readonly number[],
  shape: number[],
  as: number[] = shape,
): TensorInfo | null {
  const own = steps(x.shape);
  const at = begin.reduce((sum, place, i) => sum + place * (own[i] ?? 0), 0);
  return taken(backend, { tensor: x, at }, as, axesOf(shape, own, steps(shape)));
}

const sliceKernel = kernel<'x', SliceAttrs>(Slice, ({ x }, attrs, backend) => {
  if (!movable(x)) return null;
  const [begin = [], shape = []] = slice_util.parseSliceParams(x, attrs.begin, attrs.size);
  slice_util.assertParamsValid(x, begin, shape);
  return slice(backend, x, begin, shape);
});

const transpose = kernel<'x', TransposeAttrs>(Transpose, ({ x }, { perm }, backend) => {
  if (!movable(x)) return null;
  const own = steps(x.shape);
  const shape = perm.map((axis) => x.shape[axis] ?? 1);
  const from = perm.map((axis) => own[axis] ?? 0);
  return taken(backend, { tensor: x, at: 0 }, shape, axesOf(shape, from, steps(shape)));
});

const reverse = kernel<'x', ReverseAttrs>(Reverse, ({ x }, { dims }, backend) => {
  if (!movable(x)) return null;
  const turned = util.parseAxisParam(dims, x.shape);
  const own = steps(x.shape);
  const at = turned.reduce((sum, axis) => sum + ((x.shape[axis] ?? 1) - 1) * (own[axis] ?? 0), 0);
  const from = own.map((step, axis) => (turned.includes(axis) ? -step : step));
  return taken(backend, { tensor: x, at }, x.shape, axesOf(x.shape, from, own));
});

const tile = kernel<'x', TileAttrs>(Tile, ({ x }, { reps }, backend) => {
  if (!movable(x)) return null;
  const shape = x.shape.map((length, i) => length * (reps[i] ?? 1));
  const [own, target] = [steps(x.shape), steps(shape)];
  const axes = x.shape.flatMap((length, i) => [
    { size: reps[i] ?? 1, from: 0, to: length * (target[i] ?? 0) },
    { size: length, from: own[i] ?? 0, to: target[i] ?? 0 },
  ]);
  return taken(backend, { tensor: x, at: 0 }, shape, axes);
});

const pad = kernel<'x', PadV2Attrs>(PadV2, ({ x }, { paddings, constantValue }, backend) => {
  if (x.dtype !== 'float32' || !movable(x)) return null;
  const shape = x.shape.map((length, i) => length + (paddings[i]?.[0] ?? 0) + (paddings[i]?.[1] ?? 0));
  const [own, target] = [steps(x.shape), steps(shape)];
  const axes = axesOf(x.shape, own, target);
  if (!canCopy(axes)) return null;
  const out = filled(backend, shape, constantValue);
  const at = target.reduce((sum, step, i) => sum + step * (paddings[i]?.[0] ?? 0), 0);
  copyStrided(backend, { tensor: x, at: 0 }, { tensor: out, at }, axes);
  return out;
});

/** Tensors of one type, seen with `shapes`, side by side on an axis of a tensor of `shape`. */
function joined(
  backend: SimdBackend,
  tensors: readonly TensorInfo[],
  shapes: readonly number[][],
  axis: number,
  shape: number[],
): TensorInfo | null {
  const dtype = tensors[0]?.dtype ?? 'string';
  if (!isNumber(dtype) || size(shape) === 0 || tensors.some((tensor) => tensor.dtype !== dtype)) return null;
  const target = steps(shape);
  const copies = shapes.map((own) => axesOf(own, steps(own), target));
  if (!copies.every(canCopy)) return null;
  const out = backend.output(shape, dtype);
  let place = 0;
  tensors.forEach((tensor, i) => {
    const own = shapes[i] ?? [];
    if (size(own) > 0) {
      const to = { tensor: out, at: place * (target[axis] ?? 0) };
      copyStrided(backend, { tensor, at: 0 }, to, copies[i] ?? []);
    }
    place += own[axis] ?? 0;
  });
  return out;
}

const concat = kernel<string, ConcatAttrs>(Concat, (inputs, attrs, backend) => {
  const tensors = Object.values(inputs);
  const axis = util.parseAxisParam(attrs.axis, tensors[0]?.shape ?? [])[0] ?? 0;
  const shapes = tensors.map(({ shape }) => shape);
  backend_util.assertParamsConsistent(shapes, axis);
  return joined(backend, tensors, shapes, axis, backend_util.computeOutShape(shapes, axis));
});

const pack = kernel<string, PackAttrs>(Pack, (inputs, { axis }, backend) => {
  const tensors = Object.values(inputs);
  const own = tensors[0]?.shape ?? [];
  if (tensors.some(({ shape }) => !util.arraysEqual(shape, own))) return null;
  const at = axis < 0 ? own.length + 1 + axis : axis;
  const one = [...own.slice(0, at), 1, ...own.slice(at)];
  const shape = one.map((length, i) => (i === at ? tensors.length : length));
  return joined(
    backend,
    tensors,
    tensors.map(() => one),
    at,
    shape,
  );
});

/** Cuts a tensor along an axis into pieces; null where that is left to the published kernel. */
function cut(
  backend: SimdBackend,
  x: TensorInfo,
  axis: number,
  lengths: readonly number[],
  shapeOf: (shape: number[]) => number[],
): TensorInfo[] | null {
  const empty = lengths.some((length) => length === 0);
  if (!movable(x) || empty || x.shape.length > MOST_AXES) return null;
  let place = 0;
  const pieces: TensorInfo[] = [];
  for (const length of lengths) {
    const begin = x.shape.map((_, i) => (i === axis ? place : 0));
    const shape = x.shape.map((all, i) => (i === axis ? length : all));
    const piece = slice(backend, x, begin, shape, shapeOf(shape));
    if (piece) pieces.push(piece);
    place += length;
  }
  return pieces;
}

const unpack = kernel<'value', UnpackAttrs>(Unpack, ({ value }, attrs, backend) => {
  const axis = attrs.axis < 0 ? value.shape.length + attrs.axis : attrs.axis;
  const ones = Array<number>(value.shape[axis] ?? 0).fill(1);
  return cut(backend, value, axis, ones, (shape) => shape.filter((_, i) => i !== axis));
});

const split = kernel<'x', SplitVAttrs>(SplitV, ({ x }, { numOrSizeSplits, axis }, backend) => {
  const at = util.parseAxisParam(axis, x.shape)[0] ?? 0;
  const lengths = backend_util.prepareSplitSize(x, numOrSizeSplits, at);
  return cut(backend, x, at, lengths, (shape) => shape);
});

export const shapeKernels: readonly KernelConfig[] = [
  sliceKernel,
  transpose,
  reverse,
  tile,
  pad,
  concat,
  pack,
  unpack,
  split,
];
