import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend.ts';
import type { Kind } from './layout.generated.ts';
import { broadcastTo } from './strided-copy.ts';

/** Numbers of a work item; a multiple of 4. */
export const RUN = 4096;

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

const FLAT: Walk = { row: RUN * 4, moves: true };
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
  const [sizeA, sizeB] = [util.sizeFromShape(a.shape), util.sizeFromShape(b.shape)];
  const size = util.sizeFromShape([...out]);
  if (sizeA === size && sizeB === size) return { columns: RUN, a: FLAT, b: FLAT };
  if (sizeA === size && sizeB === 1) return { columns: RUN, a: FLAT, b: FIXED };
  if (sizeB === size && sizeA === 1) return { columns: RUN, a: FIXED, b: FLAT };
  const [small, large] = sizeB === size ? [a, b] : [b, a];
  if (util.sizeFromShape(large.shape) !== size) return null;
  const ordered = (columns: number, other: Walk): Pattern => {
    const full = { row: columns * 4, moves: true };
    return sizeB === size ? { columns, a: other, b: full } : { columns, a: full, b: other };
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

/** out[i] = op(a[i], b[i]) by a kernel that reads its operands as `binary` in assembly/ops/elementwise.ts does. */
export function pairwise(
  backend: SimdBackend,
  kind: Kind,
  op: number,
  [a, b]: readonly [TensorInfo, TensorInfo],
  out: TensorInfo,
): void {
  const pattern = patternOf(a, b, out.shape);
  if (!pattern) {
    // Rare shapes: the operands are broadcast in memory first, so no kernel needs to know them.
    const expanded = (x: TensorInfo): TensorInfo => broadcastTo(backend, x, out.shape);
    const [fullA, fullB] = [expanded(a), expanded(b)];
    pairwise(backend, kind, op, [fullA, fullB], out);
    backend.disposeIntermediateTensorInfo(fullA);
    backend.disposeIntermediateTensorInfo(fullB);
    return;
  }
  const { columns } = pattern;
  const count = util.sizeFromShape(out.shape);
  const perItem = Math.max(1, Math.floor(RUN / columns));
  const bit = ({ moves }: Walk): number => (moves ? 1 : 0);
  const addresses = [a, b, out].map((tensor) => backend.address(tensor));
  backend.threads.launch({
    kind,
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
