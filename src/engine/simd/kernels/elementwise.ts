import {
  Abs,
  Add,
  AddN,
  backend_util,
  Exp,
  Fill,
  type FillAttrs,
  type KernelConfig,
  Log,
  Maximum,
  Minimum,
  Multiply,
  Neg,
  OnesLike,
  Prelu,
  RealDiv,
  Relu,
  Relu6,
  Rsqrt,
  Sigmoid,
  Sqrt,
  Square,
  SquaredDifference,
  Step,
  type StepAttrs,
  Sub,
  type TensorInfo,
  util,
  ZerosLike,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend.ts';
import { allFloat, kernel } from '../kernel.ts';
import { Kind } from '../layout.ts';

/** Numbers of a work item; a multiple of 4. */
const RUN = 4096;

/** Operations of two numbers, as assembly/elementwise.ts counts them. */
const TWO = [Add, Sub, Multiply, RealDiv, Maximum, Minimum, SquaredDifference, Prelu];
/** Operations of one number, in the same way. */
const ONE = [Neg, Abs, Square, Sqrt, Rsqrt, Relu, Relu6, Step, Exp, Log, Sigmoid];

/** How an operand is read while the result is written row by row. */
interface Walk {
  /** Bytes from row to row. */
  readonly row: number;
  /** False where a row sees one number only. */
  readonly moves: boolean;
}
interface Pattern {
  readonly columns: number;
  readonly a: Walk;
  readonly b: Walk;
}

const FIXED: Walk = { row: 0, moves: false };

/** The shape without the ones in front. */
const significant = (shape: readonly number[]): readonly number[] => {
  const first = shape.findIndex((size) => size !== 1);
  return first < 0 ? [] : shape.slice(first);
};

/** True where `small`, ones in front left out, is the end of `large`. */
const isEnd = (small: readonly number[], large: readonly number[]): boolean =>
  small.length <= large.length && small.every((size, i) => size === large[large.length - small.length + i]);

/**
 * How two shapes go together; null for what no fast path is made for. There are: equal shapes, one number with a
 * tensor, the last axes with a tensor ([.., C] with [C]), and [.., K] with [.., 1].
 */
function patternOf(a: TensorInfo, b: TensorInfo, out: readonly number[]): Pattern | null {
  const flat = { row: RUN * 4, moves: true };
  const [sizeA, sizeB] = [util.sizeFromShape(a.shape), util.sizeFromShape(b.shape)];
  const size = util.sizeFromShape([...out]);
  if (sizeA === size && sizeB === size) return { columns: RUN, a: flat, b: flat };
  if (sizeA === size && sizeB === 1) return { columns: RUN, a: flat, b: FIXED };
  if (sizeB === size && sizeA === 1) return { columns: RUN, a: FIXED, b: flat };
  const [small, large] = sizeB === size ? [a, b] : [b, a];
  if (util.sizeFromShape(large.shape) !== size) return null;
  const ordered = (columns: number, other: Walk): Pattern => {
    const whole = { row: columns * 4, moves: true };
    return sizeB === size ? { columns, a: other, b: whole } : { columns, a: whole, b: other };
  };
  const tail = significant(small.shape);
  if (isEnd(tail, out)) return ordered(util.sizeFromShape([...tail]), { row: 0, moves: true });
  const padded = [...Array<number>(out.length - small.shape.length).fill(1), ...small.shape];
  const head = padded.slice(0, -1);
  if (padded.at(-1) === 1 && util.arraysEqual(head, out.slice(0, -1))) {
    return ordered(out.at(-1) ?? 1, { row: 4, moves: false });
  }
  return null;
}

function binary(
  backend: SimdBackend,
  op: number,
  a: TensorInfo,
  b: TensorInfo,
  out: TensorInfo,
  pattern: Pattern,
): void {
  const count = util.sizeFromShape(out.shape);
  const { columns } = pattern;
  const perItem = Math.max(1, Math.floor(RUN / columns));
  const bit = ({ moves }: Walk): number => (moves ? 1 : 0);
  const addresses = [a, b, out].map((tensor) => backend.address(tensor));
  backend.pool.launch({
    kind: Kind.binary,
    total: Math.ceil(count / columns / perItem),
    cost: perItem * columns * 4,
    integers: [
      op,
      ...addresses,
      count,
      columns,
      perItem,
      pattern.a.row,
      pattern.b.row,
      bit(pattern.a),
      bit(pattern.b),
    ],
  });
}

const binaryKernel = (name: string, op: number): KernelConfig =>
  // PReLU names its operands otherwise.
  kernel<'a' | 'b' | 'x' | 'alpha', unknown>(name, (inputs, _, backend) => {
    const [a, b] = name === Prelu ? [inputs.x, inputs.alpha] : [inputs.a, inputs.b];
    if (!allFloat(a, b)) return null;
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    if (util.sizeFromShape(shape) === 0) return null;
    const pattern = patternOf(a, b, shape);
    if (!pattern) return null;
    const out = backend.output(shape);
    binary(backend, op, a, b, out, pattern);
    return out;
  });

const unaryKernel = (name: string, op: number): KernelConfig =>
  kernel<'x', Partial<StepAttrs>>(name, ({ x }, attrs, backend) => {
    const count = util.sizeFromShape(x.shape);
    if (!allFloat(x) || count === 0) return null;
    const out = backend.output(x.shape);
    backend.pool.launch({
      kind: Kind.unary,
      total: Math.ceil(count / RUN),
      cost: RUN * (name === Exp || name === Log || name === Sigmoid ? 16 : 4),
      integers: [op, backend.address(x), backend.address(out), count, RUN],
      // Activations have an attribute of this name too.
      floats: [name === Step ? (attrs.alpha ?? 0) : 0],
    });
    return out;
  });

const addN = kernel<string, unknown>(AddN, (inputs, _, backend) => {
  const tensors = Object.values(inputs);
  const [first, second, ...rest] = tensors;
  if (!first || !second || !allFloat(...tensors) || util.sizeFromShape(first.shape) === 0) return null;
  const pattern = patternOf(first, second, first.shape);
  if (!pattern) return null;
  const out = backend.output(first.shape);
  binary(backend, TWO.indexOf(Add), first, second, out, pattern);
  for (const next of rest) binary(backend, TWO.indexOf(Add), out, next, out, pattern);
  return out;
});

function filled(backend: SimdBackend, shape: number[], value: number): TensorInfo {
  const out = backend.output(shape);
  const count = util.sizeFromShape(shape);
  backend.pool.launch({
    kind: Kind.fill,
    total: Math.ceil(count / RUN),
    cost: RUN,
    integers: [backend.address(out), count, RUN],
    floats: [value],
  });
  return out;
}

const like = (name: string, value: number): KernelConfig =>
  kernel<'x', unknown>(name, ({ x }, _, backend) =>
    allFloat(x) && util.sizeFromShape(x.shape) > 0 ? filled(backend, x.shape, value) : null,
  );

const fill = kernel<never, FillAttrs>(Fill, (_, { shape, value, dtype }, backend) => {
  if (typeof value !== 'number' || (dtype ?? util.inferDtype(value)) !== 'float32') return null;
  return util.sizeFromShape(shape) > 0 ? filled(backend, shape, value) : null;
});

export const elementwiseKernels: readonly KernelConfig[] = [
  ...TWO.map(binaryKernel),
  ...ONE.map(unaryKernel),
  addN,
  fill,
  like(ZerosLike, 0),
  like(OnesLike, 1),
];
