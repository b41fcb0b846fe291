import { exp4, log4 } from './exp';
import { madd } from './fma';
import { storeSome } from './lanes';
import { float, int, ptr } from './layout';

// Operations on numbers one by one. Everything is rows of `columns` numbers, the last row perhaps shorter: a flat
// tensor is cut into rows by the launcher. Work items are groups of rows.

/** Numbers as in ../kernels/elementwise.ts. */
@inline
function two(op: i32, a: v128, b: v128): v128 {
  if (op == 0) return f32x4.add(a, b);
  if (op == 1) return f32x4.sub(a, b);
  if (op == 2) return f32x4.mul(a, b);
  if (op == 3) return f32x4.div(a, b);
  if (op == 4) return f32x4.max(a, b);
  if (op == 5) return f32x4.min(a, b);
  if (op == 6) return f32x4.mul(f32x4.sub(a, b), f32x4.sub(a, b));
  // PReLU: a where it is not negative, b a elsewhere.
  const zero = f32x4.splat(0);
  return madd(f32x4.pmin(a, zero), b, f32x4.pmax(a, zero));
}

/**
 * out = op(a, b). Each operand lies still or moves by its row step (bytes) from row to row, and within a row is one
 * number or as many as there are columns.
 *
 * Args: op, a, b, out, count, columns, rowsPerItem, aRow, bRow, aColumns, bColumns (not 0: as many as columns).
 */
export function binary(begin: i32, end: i32): void {
  switch (int(0)) {
    case 0: binaryRows(0, begin, end); break;
    case 1: binaryRows(1, begin, end); break;
    case 2: binaryRows(2, begin, end); break;
    case 3: binaryRows(3, begin, end); break;
    case 4: binaryRows(4, begin, end); break;
    case 5: binaryRows(5, begin, end); break;
    case 6: binaryRows(6, begin, end); break;
    default: binaryRows(7, begin, end);
  }
}

@inline
function binaryRows(op: i32, begin: i32, end: i32): void {
  const count = int(4);
  const columns = int(5);
  const perItem = int(6);
  const aRow = <usize>int(7);
  const bRow = <usize>int(8);
  const aMoves = int(9) != 0;
  const bMoves = int(10) != 0;
  const first = begin * perItem;
  const rows = (count + columns - 1) / columns;
  const last = min(rows, end * perItem);
  for (let row = first; row < last; row++) {
    let a = ptr(1) + <usize>row * aRow;
    let b = ptr(2) + <usize>row * bRow;
    let out = ptr(3) + ((<usize>row * <usize>columns) << 2);
    const some = min(columns, count - row * columns);
    let left = some;
    if (aMoves && bMoves) {
      for (; left >= 8; left -= 8) {
        v128.store(out, two(op, v128.load(a), v128.load(b)));
        v128.store(out, two(op, v128.load(a, 16), v128.load(b, 16)), 16);
        a += 32;
        b += 32;
        out += 32;
      }
      for (; left >= 4; left -= 4) {
        v128.store(out, two(op, v128.load(a), v128.load(b)));
        a += 16;
        b += 16;
        out += 16;
      }
      if (left > 0) storeSome(out, two(op, v128.load(a), v128.load(b)), left);
    } else if (aMoves) {
      const fixed = v128.load32_splat(b);
      for (; left >= 4; left -= 4) {
        v128.store(out, two(op, v128.load(a), fixed));
        a += 16;
        out += 16;
      }
      if (left > 0) storeSome(out, two(op, v128.load(a), fixed), left);
    } else {
      const fixed = v128.load32_splat(a);
      for (; left >= 4; left -= 4) {
        v128.store(out, two(op, fixed, v128.load(b)));
        b += 16;
        out += 16;
      }
      if (left > 0) storeSome(out, two(op, fixed, v128.load(b)), left);
    }
  }
}

@inline
function one(op: i32, x: v128): v128 {
  const zero = f32x4.splat(0);
  const single = f32x4.splat(1);
  if (op == 0) return f32x4.neg(x);
  if (op == 1) return f32x4.abs(x);
  if (op == 2) return f32x4.mul(x, x);
  if (op == 3) return f32x4.sqrt(x);
  if (op == 4) return f32x4.div(single, f32x4.sqrt(x));
  if (op == 5) return f32x4.max(x, zero);
  if (op == 6) return f32x4.min(f32x4.max(x, zero), f32x4.splat(6));
  if (op == 7) {
    const stepped = v128.bitselect(single, f32x4.splat(float(0)), f32x4.gt(x, zero));
    return v128.bitselect(stepped, x, f32x4.eq(x, x));
  }
  if (op == 8) return exp4(x);
  if (op == 9) return log4(x);
  if (op == 10) return f32x4.div(single, f32x4.add(single, exp4(f32x4.neg(x))));
  if (op == 11) return tanh4(x);
  if (op == 12) return f32x4.min(f32x4.max(x, f32x4.splat(float(0))), f32x4.splat(float(1)));
  if (op == 13) return v128.bitselect(x, f32x4.mul(x, f32x4.splat(float(0))), f32x4.gt(x, zero));
  return f32x4.div(single, x);
}

/** tanh x = 1 - 2 / (e^2x + 1), but its series to x^11 near 0, where that would lose digits. */
@inline
function tanh4(x: v128): v128 {
  const single = f32x4.splat(1);
  const e = exp4(f32x4.add(x, x));
  const far = f32x4.sub(single, f32x4.div(f32x4.splat(2), f32x4.add(e, single)));
  const z = f32x4.mul(x, x);
  let p = f32x4.splat(-1382.0 / 155925);
  p = madd(p, z, f32x4.splat(62.0 / 2835));
  p = madd(p, z, f32x4.splat(-17.0 / 315));
  p = madd(p, z, f32x4.splat(2.0 / 15));
  p = madd(p, z, f32x4.splat(-1.0 / 3));
  const near = madd(f32x4.mul(p, z), x, x);
  return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), f32x4.splat(0.4)));
}

/** out = op(x). Args: op, x, out, count, numbersPerItem (a multiple of 4). Floats: what Step gives below 0, the slope
 * of LeakyRelu there, or the limits of ClipByValue. */
export function unary(begin: i32, end: i32): void {
  switch (int(0)) {
    case 0: unaryRun(0, begin, end); break;
    case 1: unaryRun(1, begin, end); break;
    case 2: unaryRun(2, begin, end); break;
    case 3: unaryRun(3, begin, end); break;
    case 4: unaryRun(4, begin, end); break;
    case 5: unaryRun(5, begin, end); break;
    case 6: unaryRun(6, begin, end); break;
    case 7: unaryRun(7, begin, end); break;
    case 8: unaryRun(8, begin, end); break;
    case 9: unaryRun(9, begin, end); break;
    case 10: unaryRun(10, begin, end); break;
    case 11: unaryRun(11, begin, end); break;
    case 12: unaryRun(12, begin, end); break;
    case 13: unaryRun(13, begin, end); break;
    default: unaryRun(14, begin, end);
  }
}

@inline
function unaryRun(op: i32, begin: i32, end: i32): void {
  const count = int(3);
  const perItem = int(4);
  const first = begin * perItem;
  let x = ptr(1) + (<usize>first << 2);
  let out = ptr(2) + (<usize>first << 2);
  let left = min(count, end * perItem) - first;
  for (; left >= 4; left -= 4) {
    v128.store(out, one(op, v128.load(x)));
    x += 16;
    out += 16;
  }
  if (left > 0) storeSome(out, one(op, v128.load(x)), left);
}

/** out[i] = value. Args: out, count, numbersPerItem (a multiple of 4). Floats: value. */
export function fill(begin: i32, end: i32): void {
  const count = int(1);
  const perItem = int(2);
  const value = f32x4.splat(float(0));
  const first = begin * perItem;
  let out = ptr(0) + (<usize>first << 2);
  let left = min(count, end * perItem) - first;
  for (; left >= 4; left -= 4) {
    v128.store(out, value);
    out += 16;
  }
  if (left > 0) storeSome(out, value, left);
}
