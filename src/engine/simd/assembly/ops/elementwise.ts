import {
  BINARY_ADD, BINARY_DIV, BINARY_MAX, BINARY_MIN, BINARY_MUL, BINARY_PRELU, BINARY_SQUARED_DIFFERENCE, BINARY_SUB,
  UNARY_ABS, UNARY_CLIP, UNARY_EXP, UNARY_LEAKY_RELU, UNARY_LOG, UNARY_NEG, UNARY_RECIPROCAL, UNARY_RELU, UNARY_RELU6,
  UNARY_RSQRT, UNARY_SIGMOID, UNARY_SQRT, UNARY_SQUARE, UNARY_STEP, UNARY_TANH,
} from '../generated/layout';
import { exp4, log4 } from '../vector/exp';
import { madd } from '../vector/fma';
import { storeSome } from '../vector/lanes';
import { float, int, ptr } from '../layout';

// Elementwise operations. Everything is rows of `columns` numbers, the last row perhaps shorter: a flat
// tensor is cut into rows by the launcher. Work items are groups of rows.

@inline
function two(op: i32, a: v128, b: v128): v128 {
  if (op == BINARY_ADD) return f32x4.add(a, b);
  if (op == BINARY_SUB) return f32x4.sub(a, b);
  if (op == BINARY_MUL) return f32x4.mul(a, b);
  if (op == BINARY_DIV) return f32x4.div(a, b);
  if (op == BINARY_MAX) return f32x4.max(a, b);
  if (op == BINARY_MIN) return f32x4.min(a, b);
  if (op == BINARY_SQUARED_DIFFERENCE) return f32x4.mul(f32x4.sub(a, b), f32x4.sub(a, b));
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
    case BINARY_ADD: binaryRows(BINARY_ADD, begin, end); break;
    case BINARY_SUB: binaryRows(BINARY_SUB, begin, end); break;
    case BINARY_MUL: binaryRows(BINARY_MUL, begin, end); break;
    case BINARY_DIV: binaryRows(BINARY_DIV, begin, end); break;
    case BINARY_MAX: binaryRows(BINARY_MAX, begin, end); break;
    case BINARY_MIN: binaryRows(BINARY_MIN, begin, end); break;
    case BINARY_SQUARED_DIFFERENCE: binaryRows(BINARY_SQUARED_DIFFERENCE, begin, end); break;
    default: binaryRows(BINARY_PRELU, begin, end);
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
  if (op == UNARY_NEG) return f32x4.neg(x);
  if (op == UNARY_ABS) return f32x4.abs(x);
  if (op == UNARY_SQUARE) return f32x4.mul(x, x);
  if (op == UNARY_SQRT) return f32x4.sqrt(x);
  if (op == UNARY_RSQRT) return f32x4.div(single, f32x4.sqrt(x));
  if (op == UNARY_RELU) return f32x4.max(x, zero);
  if (op == UNARY_RELU6) return f32x4.min(f32x4.max(x, zero), f32x4.splat(6));
  if (op == UNARY_STEP) {
    const stepped = v128.bitselect(single, f32x4.splat(float(0)), f32x4.gt(x, zero));
    return v128.bitselect(stepped, x, f32x4.eq(x, x));
  }
  if (op == UNARY_EXP) return exp4(x);
  if (op == UNARY_LOG) return log4(x);
  if (op == UNARY_SIGMOID) return f32x4.div(single, f32x4.add(single, exp4(f32x4.neg(x))));
  if (op == UNARY_TANH) return tanh4(x);
  if (op == UNARY_CLIP) return f32x4.min(f32x4.max(x, f32x4.splat(float(0))), f32x4.splat(float(1)));
  if (op == UNARY_LEAKY_RELU) return v128.bitselect(x, f32x4.mul(x, f32x4.splat(float(0))), f32x4.gt(x, zero));
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
    case UNARY_NEG: unaryRun(UNARY_NEG, begin, end); break;
    case UNARY_ABS: unaryRun(UNARY_ABS, begin, end); break;
    case UNARY_SQUARE: unaryRun(UNARY_SQUARE, begin, end); break;
    case UNARY_SQRT: unaryRun(UNARY_SQRT, begin, end); break;
    case UNARY_RSQRT: unaryRun(UNARY_RSQRT, begin, end); break;
    case UNARY_RELU: unaryRun(UNARY_RELU, begin, end); break;
    case UNARY_RELU6: unaryRun(UNARY_RELU6, begin, end); break;
    case UNARY_STEP: unaryRun(UNARY_STEP, begin, end); break;
    case UNARY_EXP: unaryRun(UNARY_EXP, begin, end); break;
    case UNARY_LOG: unaryRun(UNARY_LOG, begin, end); break;
    case UNARY_SIGMOID: unaryRun(UNARY_SIGMOID, begin, end); break;
    case UNARY_TANH: unaryRun(UNARY_TANH, begin, end); break;
    case UNARY_CLIP: unaryRun(UNARY_CLIP, begin, end); break;
    case UNARY_LEAKY_RELU: unaryRun(UNARY_LEAKY_RELU, begin, end); break;
    default: unaryRun(UNARY_RECIPROCAL, begin, end);
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
