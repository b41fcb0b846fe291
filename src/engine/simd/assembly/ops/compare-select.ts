import {
  COMPARE_EQUAL, COMPARE_GREATER, COMPARE_GREATER_EQUAL, COMPARE_LESS, COMPARE_LESS_EQUAL, CONVERT_BOOL_TO_FLOAT,
  CONVERT_FLOAT_TO_INT, CONVERT_INT_TO_FLOAT,
} from '../generated/layout';
import { madd } from '../vector/fma';
import { paddedBytes, storeSome } from '../vector/lanes';
import { int, ptr } from '../layout';

// Comparisons, choices by them, changes of type, and the gradient of PReLU.

@inline
function compared(op: i32, a: v128, b: v128): v128 {
  if (op == COMPARE_GREATER) return f32x4.gt(a, b);
  if (op == COMPARE_GREATER_EQUAL) return f32x4.ge(a, b);
  if (op == COMPARE_LESS) return f32x4.lt(a, b);
  if (op == COMPARE_LESS_EQUAL) return f32x4.le(a, b);
  if (op == COMPARE_EQUAL) return f32x4.eq(a, b);
  return f32x4.ne(a, b);
}

/** Four bytes, 1 for every lane of a mask. */
@inline
function bytesOf(mask: v128): u32 {
  const m = <u32>i32x4.bitmask(mask);
  return (m & 1) | ((m & 2) << 7) | ((m & 4) << 14) | ((m & 8) << 21);
}

/** out = a op b, a byte each, 0 or 1. Rows and arguments as of `binary` in elementwise.ts. */
export function compare(begin: i32, end: i32): void {
  const op = int(0);
  const count = int(4);
  const columns = int(5);
  const perItem = int(6);
  const aStep: usize = int(9) != 0 ? 16 : 0;
  const bStep: usize = int(10) != 0 ? 16 : 0;
  const last = min((count + columns - 1) / columns, end * perItem);
  for (let row = begin * perItem; row < last; row++) {
    let a = ptr(1) + <usize>row * <usize>int(7);
    let b = ptr(2) + <usize>row * <usize>int(8);
    let out = ptr(3) + <usize>row * <usize>columns;
    for (let left = min(columns, count - row * columns); left > 0; left -= 4) {
      const x = aStep != 0 ? v128.load(a) : v128.load32_splat(a);
      const y = bStep != 0 ? v128.load(b) : v128.load32_splat(b);
      const bytes = bytesOf(compared(op, x, y));
      if (left >= 4) store<u32>(out, bytes);
      else {
        for (let i = 0; i < left; i++) store<u8>(out + <usize>i, <u8>(bytes >> (<u32>i << 3)));
      }
      a += aStep;
      b += bStep;
      out += 4;
    }
  }
}

/** Mask of the bytes that are not 0. */
@inline
function maskAt(bytes: usize): v128 {
  const wide = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(bytes)));
  return i32x4.ne(wide, i32x4.splat(0));
}

/** out = condition ? a : b, all of one shape. Args: condition (bytes), a, b, out, count, numbersPerItem. */
export function select(begin: i32, end: i32): void {
  const perItem = int(5);
  const first = <usize>(begin * perItem);
  let left = min(int(4), end * perItem) - begin * perItem;
  let condition = ptr(0) + first;
  let a = ptr(1) + (first << 2);
  let b = ptr(2) + (first << 2);
  let out = ptr(3) + (first << 2);
  for (; left > 0; left -= 4) {
    const chosen = v128.bitselect(v128.load(a), v128.load(b), maskAt(condition));
    if (left >= 4) v128.store(out, chosen);
    else storeSome(out, chosen, left);
    condition += 4;
    a += 16;
    b += 16;
    out += 16;
  }
}

/** A change of type: float to integer rounds towards 0; a boolean is a byte. Args: op, x, out, count, numbersPerItem. */
export function convert(begin: i32, end: i32): void {
  const op = int(0);
  const perItem = int(4);
  const first = <usize>(begin * perItem);
  let left = min(int(3), end * perItem) - begin * perItem;
  const isNumber = op == CONVERT_INT_TO_FLOAT || op == CONVERT_FLOAT_TO_INT;
  let x = ptr(1) + (isNumber ? first << 2 : first);
  let out = ptr(2) + (first << 2);
  for (; left > 0; left -= 4) {
    let y: v128;
    if (op == CONVERT_INT_TO_FLOAT) y = f32x4.convert_i32x4_s(v128.load(x));
    else if (op == CONVERT_FLOAT_TO_INT) y = i32x4.trunc_sat_f32x4_s(v128.load(x));
    else if (op == CONVERT_BOOL_TO_FLOAT) y = v128.and(maskAt(x), f32x4.splat(1));
    else y = v128.and(maskAt(x), i32x4.splat(1));
    if (left >= 4) v128.store(out, y);
    else storeSome(out, y, left);
    x += isNumber ? 16 : 4;
    out += 16;
  }
}

/**
 * dx = dy where x > 0, alpha dy elsewhere, and each block's sums of dy min(x, 0).
 *
 * Args: dy, x, alpha, dx, parts [blocks, C padded to vectors], rows, C, rows a block. Work items: blocks.
 */
export function preluGrad(begin: i32, end: i32): void {
  const rows = int(5);
  const C = int(6);
  const perBlock = int(7);
  const width = paddedBytes(C);
  const zero = f32x4.splat(0);
  for (let block = begin; block < end; block++) {
    const parts = ptr(4) + <usize>block * width;
    for (let c: usize = 0; c < width; c += 16) v128.store(parts + c, zero);
    const last = min(rows, (block + 1) * perBlock);
    for (let row = block * perBlock; row < last; row++) {
      const offset = (<usize>row * <usize>C) << 2;
      let dy = ptr(0) + offset;
      let x = ptr(1) + offset;
      let alpha = ptr(2);
      let dx = ptr(3) + offset;
      let sums = parts;
      for (let left = C; left > 0; left -= 4) {
        const g = v128.load(dy);
        const v = v128.load(x);
        const y = v128.bitselect(g, f32x4.mul(g, v128.load(alpha)), f32x4.gt(v, zero));
        v128.store(sums, madd(g, f32x4.pmin(zero, v), v128.load(sums)));
        if (left >= 4) v128.store(dx, y);
        else storeSome(dx, y, left);
        dy += 16;
        x += 16;
        alpha += 16;
        dx += 16;
        sums += 16;
      }
    }
  }
}
