import {
  Abs,
  Add,
  AddN,
  backend_util,
  ClipByValue,
  type ClipByValueAttrs,
  Exp,
  Fill,
  type FillAttrs,
  type KernelConfig,
  LeakyRelu,
  Log,
  Maximum,
  Minimum,
  Multiply,
  Neg,
  OnesLike,
  Prelu,
  RealDiv,
  Reciprocal,
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
  Tanh,
  type TensorInfo,
  util,
  ZerosLike,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../host/backend.ts';
import { pairwise, RUN } from '../host/broadcast.ts';
import { allFloat, kernel } from '../host/kernel.ts';
import { binaryOp, Kind, unaryOp } from '../host/layout.generated.ts';

/** Operations of two numbers. */
const BINARY = new Map<string, number>([
  [Add, binaryOp.add],
  [Sub, binaryOp.sub],
  [Multiply, binaryOp.mul],
  [RealDiv, binaryOp.div],
  [Maximum, binaryOp.max],
  [Minimum, binaryOp.min],
  [SquaredDifference, binaryOp.squaredDifference],
  [Prelu, binaryOp.prelu],
]);
/** Operations of one number. */
const UNARY = new Map<string, number>([
  [Neg, unaryOp.neg],
  [Abs, unaryOp.abs],
  [Square, unaryOp.square],
  [Sqrt, unaryOp.sqrt],
  [Rsqrt, unaryOp.rsqrt],
  [Relu, unaryOp.relu],
  [Relu6, unaryOp.relu6],
  [Step, unaryOp.step],
  [Exp, unaryOp.exp],
  [Log, unaryOp.log],
  [Sigmoid, unaryOp.sigmoid],
  [Tanh, unaryOp.tanh],
  [ClipByValue, unaryOp.clip],
  [LeakyRelu, unaryOp.leakyRelu],
  [Reciprocal, unaryOp.reciprocal],
]);

const binaryKernel = (name: string, op: number): KernelConfig =>
  // PReLU names its operands otherwise.
  kernel<'a' | 'b' | 'x' | 'alpha', unknown>(name, (inputs, _, backend) => {
    const [a, b] = name === Prelu ? [inputs.x, inputs.alpha] : [inputs.a, inputs.b];
    if (!allFloat(a, b)) return null;
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    if (util.sizeFromShape(shape) === 0) return null;
    const out = backend.output(shape);
    pairwise(backend, Kind.binary, op, [a, b], out);
    return out;
  });

const SLOW = new Set<string>([Exp, Log, Sigmoid, Tanh]);

/** What a kernel needs besides its input. Activations have an attribute `alpha` too. */
function constants(name: string, attrs: Partial<StepAttrs & ClipByValueAttrs>): number[] {
  if (name === Step || name === LeakyRelu) return [attrs.alpha ?? 0];
  return name === ClipByValue ? [attrs.clipValueMin ?? 0, attrs.clipValueMax ?? 0] : [];
}

const unaryKernel = (name: string, op: number): KernelConfig =>
  kernel<'x', Partial<StepAttrs & ClipByValueAttrs>>(name, ({ x }, attrs, backend) => {
    const count = util.sizeFromShape(x.shape);
    if (!allFloat(x) || count === 0) return null;
    const out = backend.output(x.shape);
    backend.threads.launch({
      kind: Kind.unary,
      total: Math.ceil(count / RUN),
      cost: RUN * (SLOW.has(name) ? 16 : 4),
      integers: [op, backend.address(x), backend.address(out), count, RUN],
      floats: constants(name, attrs),
    });
    return out;
  });

const addN = kernel<string, unknown>(AddN, (inputs, _, backend) => {
  const tensors = Object.values(inputs);
  const [first, second, ...rest] = tensors;
  if (!first || !second || !allFloat(...tensors) || util.sizeFromShape(first.shape) === 0) return null;
  const out = backend.output(first.shape);
  const { add } = binaryOp;
  pairwise(backend, Kind.binary, add, [first, second], out);
  for (const next of rest) pairwise(backend, Kind.binary, add, [out, next], out);
  return out;
});

/** A tensor of one number. */
export function filled(backend: SimdBackend, shape: number[], value: number): TensorInfo {
  const out = backend.output(shape);
  const count = util.sizeFromShape(shape);
  backend.threads.launch({
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
  ...[...BINARY].map(([name, op]) => binaryKernel(name, op)),
  ...[...UNARY].map(([name, op]) => unaryKernel(name, op)),
  addN,
  fill,
  like(ZerosLike, 0),
  like(OnesLike, 1),
];
