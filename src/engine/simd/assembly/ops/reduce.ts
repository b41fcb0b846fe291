import { REDUCE_MAX, REDUCE_SUM } from '../generated/layout';
import { paddedBytes, storeSome } from '../vector/lanes';
import { float, int, ptr } from '../layout';

// Sums and maxima. A tensor is seen as [outer, R, inner] and reduced over R.

/** The sum or the larger of two. */
@inline
function join(op: i32, a: v128, b: v128): v128 {
  return op == REDUCE_SUM ? f32x4.add(a, b) : f32x4.max(a, b);
}

@inline
function start(op: i32): v128 {
  return op == REDUCE_SUM ? f32x4.splat(0) : f32x4.splat(-Infinity);
}

/**
 * Inner is 1: each row of R numbers in `pieces` pieces, one result a piece, times a factor.
 *
 * Args: op, x, out [outer, pieces], R, pieces, perPiece. Floats: factor. Work items: outer * pieces.
 */
export function reduceRows(begin: i32, end: i32): void {
  if (int(0) == REDUCE_SUM) rows(REDUCE_SUM, begin, end);
  else rows(REDUCE_MAX, begin, end);
}

@inline
function rows(op: i32, begin: i32, end: i32): void {
  const R = int(3);
  const pieces = int(4);
  const perPiece = int(5);
  for (let item = begin; item < end; item++) {
    const row = item / pieces;
    const first = (item % pieces) * perPiece;
    let x = ptr(1) + ((<usize>row * <usize>R + <usize>first) << 2);
    let left = min(perPiece, R - first);
    let s0 = start(op), s1 = s0, s2 = s0, s3 = s0;
    for (; left >= 16; left -= 16) {
      s0 = join(op, s0, v128.load(x));
      s1 = join(op, s1, v128.load(x, 16));
      s2 = join(op, s2, v128.load(x, 32));
      s3 = join(op, s3, v128.load(x, 48));
      x += 64;
    }
    for (; left >= 4; left -= 4) {
      s0 = join(op, s0, v128.load(x));
      x += 16;
    }
    for (; left > 0; left--) {
      s1 = join(op, s1, f32x4.replace_lane(start(op), 0, load<f32>(x)));
      x += 4;
    }
    s0 = join(op, join(op, s0, s1), join(op, s2, s3));
    s0 = join(op, s0, v128.shuffle<i32>(s0, s0, 2, 3, 0, 1));
    s0 = join(op, s0, v128.shuffle<i32>(s0, s0, 1, 0, 3, 2));
    store<f32>(ptr(2) + (<usize>item << 2), f32x4.extract_lane(s0, 0) * float(0));
  }
}

/**
 * Inner is more: the rows of each block added (or compared) as they lie.
 *
 * Args: op, x, parts [outer, blocks, inner padded to vectors], R, inner, blocks, perBlock. Work items: outer * blocks.
 */
export function reduceColumns(begin: i32, end: i32): void {
  if (int(0) == REDUCE_SUM) columns(REDUCE_SUM, begin, end);
  else columns(REDUCE_MAX, begin, end);
}

@inline
function columns(op: i32, begin: i32, end: i32): void {
  const R = int(3);
  const inner = int(4);
  const blocks = int(5);
  const perBlock = int(6);
  const width = paddedBytes(inner);
  const step = <usize>inner << 2;
  for (let item = begin; item < end; item++) {
    const first = (item % blocks) * perBlock;
    let x = ptr(1) + (<usize>(item / blocks) * <usize>R + <usize>first) * step;
    const out = ptr(2) + <usize>item * width;
    let left = min(perBlock, R - first);
    for (let c: usize = 0; c < width; c += 16) v128.store(out + c, start(op));
    for (; left >= 4; left -= 4) {
      const x1 = x + step;
      const x2 = x1 + step;
      const x3 = x2 + step;
      for (let c: usize = 0; c < width; c += 16) {
        const low = join(op, v128.load(x + c), v128.load(x1 + c));
        const high = join(op, v128.load(x2 + c), v128.load(x3 + c));
        v128.store(out + c, join(op, v128.load(out + c), join(op, low, high)));
      }
      x = x3 + step;
    }
    for (; left > 0; left--) {
      for (let c: usize = 0; c < width; c += 16) {
        v128.store(out + c, join(op, v128.load(out + c), v128.load(x + c)));
      }
      x += step;
    }
  }
}

/** The blocks of reduceColumns joined, times a factor. Args: op, parts, out, inner, blocks. Floats: factor.
 * Work items: outer. */
export function joinColumns(begin: i32, end: i32): void {
  const op = int(0);
  const inner = int(3);
  const blocks = int(4);
  const width = paddedBytes(inner);
  const factor = f32x4.splat(float(0));
  for (let item = begin; item < end; item++) {
    let parts = ptr(1) + <usize>item * <usize>blocks * width;
    let out = ptr(2) + ((<usize>item * <usize>inner) << 2);
    for (let left = inner; left > 0; left -= 4) {
      let from = parts;
      let sum = v128.load(from);
      for (let b = 1; b < blocks; b++) {
        from += width;
        sum = op == REDUCE_SUM ? join(REDUCE_SUM, sum, v128.load(from)) : join(REDUCE_MAX, sum, v128.load(from));
      }
      sum = f32x4.mul(sum, factor);
      if (left >= 4) v128.store(out, sum);
      else storeSome(out, sum, left);
      parts += 16;
      out += 16;
    }
  }
}
