import {
  backend_util,
  Cast,
  type CastAttrs,
  Equal,
  Greater,
  GreaterEqual,
  type KernelConfig,
  Less,
  LessEqual,
  NotEqual,
  Select,
  util,
} from '@tensorflow/tfjs-core';
import { pairwise, RUN } from '../host/broadcast.ts';
import { allFloat, kernel } from '../host/kernel.ts';
import { compareOp, convertOp, Kind } from '../host/layout.generated.ts';
import { joinColumns } from './reduce.ts';

const COMPARISONS = new Map<string, number>([
  [Greater, compareOp.greater],
  [GreaterEqual, compareOp.greaterEqual],
  [Less, compareOp.less],
  [LessEqual, compareOp.lessEqual],
  [Equal, compareOp.equal],
  [NotEqual, compareOp.notEqual],
]);

const comparison = (name: string, op: number): KernelConfig =>
  kernel<'a' | 'b', unknown>(name, ({ a, b }, _, backend) => {
    if (!allFloat(a, b)) return null;
    const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
    if (util.sizeFromShape(shape) === 0) return null;
    const out = backend.output(shape, 'bool');
    pairwise(backend, Kind.compare, op, [a, b], out);
    return out;
  });

const select = kernel<'condition' | 't' | 'e', unknown>(Select, ({ condition, t, e }, _, backend) => {
  const count = util.sizeFromShape(t.shape);
  const same = util.arraysEqual(condition.shape, t.shape) && util.arraysEqual(t.shape, e.shape);
  if (condition.dtype !== 'bool' || !allFloat(t, e) || !same || count === 0) return null;
  const out = backend.output(t.shape);
  const addresses = [condition, t, e, out].map((tensor) => backend.address(tensor));
  backend.threads.launch({
    kind: Kind.select,
    total: Math.ceil(count / RUN),
    cost: RUN * 4,
    integers: [...addresses, count, RUN],
  });
  return out;
});

/** Changes of type. */
const CHANGES = new Map<string, number>([
  ['int32 to float32', convertOp.intToFloat],
  ['float32 to int32', convertOp.floatToInt],
  ['bool to float32', convertOp.boolToFloat],
  ['bool to int32', convertOp.boolToInt],
]);

const cast = kernel<'x', CastAttrs>(Cast, ({ x }, { dtype }, backend) => {
  const op = CHANGES.get(`${x.dtype} to ${dtype}`);
  const count = util.sizeFromShape(x.shape);
  if (op === undefined || count === 0 || (dtype !== 'float32' && dtype !== 'int32')) return null;
  const out = backend.output(x.shape, dtype);
  backend.threads.launch({
    kind: Kind.convert,
    total: Math.ceil(count / RUN),
    cost: RUN * 3,
    integers: [op, backend.address(x), backend.address(out), count, RUN],
  });
  return out;
});

/** Numbers of a block of rows. */
const PIECE = 8192;

/** Gradients of PReLU with one slope a channel: [as x, as alpha]. */
const preluGrad = kernel<'dy' | 'x' | 'alpha', unknown>('ArcPreluGrad', ({ dy, x, alpha }, _, backend) => {
  const C = util.sizeFromShape(alpha.shape);
  const rows = util.sizeFromShape(x.shape) / C;
  const perBlock = Math.max(8, Math.ceil(PIECE / C));
  const blocks = Math.ceil(rows / perBlock);
  const [dx, dalpha] = [backend.output(x.shape), backend.output(alpha.shape)];
  backend.scratch(blocks * Math.ceil(C / 4) * 16, (parts) => {
    const [from, input, slopes, to] = [dy, x, alpha, dx].map((tensor) => backend.address(tensor));
    backend.threads.launch({
      kind: Kind.preluGrad,
      total: blocks,
      cost: Math.min(rows, perBlock) * C * 6,
      integers: [from ?? 0, input ?? 0, slopes ?? 0, to ?? 0, parts, rows, C, perBlock],
    });
    joinColumns(backend, parts, backend.address(dalpha), { outer: 1, inner: C, blocks });
  });
  return [dx, dalpha];
});

export const compareSelectKernels: readonly KernelConfig[] = [
  ...[...COMPARISONS].map(([name, op]) => comparison(name, op)),
  select,
  cast,
  preluGrad,
];
