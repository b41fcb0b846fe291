import { madd } from './fma';
import { int, ptr } from './layout';

/** Columns of a packed panel. */
export const PANEL: i32 = 8;

/**
 * Packs B [K, N] into panels of 8 columns, [ceil(N/8), K, 8], zeros where there is no column.
 * Element (k, n) of B lies at b + k * rowStep + n * columnStep (steps in bytes), so a transposed B is the same.
 *
 * Args: b, packed, K, N, rowStep, columnStep. Work items: panels.
 */
export function packPanels(begin: i32, end: i32): void {
  const b = ptr(0);
  const packed = ptr(1);
  const K = int(2);
  const N = int(3);
  const rowStep = <usize>int(4);
  const columnStep = <usize>int(5);
  for (let panel = begin; panel < end; panel++) {
    const first = panel * PANEL;
    const columns = min(PANEL, N - first);
    let source = b + <usize>first * columnStep;
    let target = packed + (<usize>(panel * K) << 5);
    if (columns == PANEL && columnStep == 4) {
      for (let k = 0; k < K; k++) {
        v128.store(target, v128.load(source));
        v128.store(target, v128.load(source, 16), 16);
        source += rowStep;
        target += 32;
      }
      continue;
    }
    for (let k = 0; k < K; k++) {
      let from = source;
      for (let n = 0; n < PANEL; n++) {
        store<f32>(target, n < columns ? load<f32>(from) : 0);
        from += columnStep;
        target += 4;
      }
      source += rowStep;
    }
  }
}

/** Adds `columns` (1 to 8) of the two vectors of a row to, or puts them at, c. */
// @ts-ignore: decorator
@inline
function put(c: usize, low: v128, high: v128, columns: i32): void {
  if (columns >= 8) {
    v128.store(c, low);
    v128.store(c, high, 16);
  } else {
    putSome(c, low, high, columns);
  }
}

function putSome(c: usize, low: v128, high: v128, columns: i32): void {
  let rest = low;
  let at = c;
  let left = columns;
  if (left >= 4) {
    v128.store(at, low);
    rest = high;
    at += 16;
    left -= 4;
  }
  if (left > 0) store<f32>(at, f32x4.extract_lane(rest, 0));
  if (left > 1) store<f32>(at, f32x4.extract_lane(rest, 1), 4);
  if (left > 2) store<f32>(at, f32x4.extract_lane(rest, 2), 8);
}

/**
 * C[6, columns <= 8] = (accumulate ? C : 0) + A[6, K] B[K, 8].
 *
 * Twelve accumulators, two vectors of B and one of A: the 15 registers that there are. Element (i, k) of A lies at
 * a + i * ra + k * ca, row k of B at b + k * rb, row i of C at c + i * rc (steps in bytes). Reads full vectors of
 * B and of C past the last column: memory behind every tensor is readable.
 */
export function tile6(
  a: usize, ra: usize, ca: usize,
  b: usize, rb: usize,
  c: usize, rc: usize,
  K: i32, columns: i32, accumulate: bool,
): void {
  let a0 = a;
  let a1 = a0 + ra;
  let a2 = a1 + ra;
  let a3 = a2 + ra;
  let a4 = a3 + ra;
  let a5 = a4 + ra;
  const c1 = c + rc;
  const c2 = c1 + rc;
  const c3 = c2 + rc;
  const c4 = c3 + rc;
  const c5 = c4 + rc;
  let s00 = f32x4.splat(0);
  let s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00, s40 = s00, s41 = s00, s50 = s00, s51 = s00;
  if (accumulate) {
    s00 = v128.load(c); s01 = v128.load(c, 16);
    s10 = v128.load(c1); s11 = v128.load(c1, 16);
    s20 = v128.load(c2); s21 = v128.load(c2, 16);
    s30 = v128.load(c3); s31 = v128.load(c3, 16);
    s40 = v128.load(c4); s41 = v128.load(c4, 16);
    s50 = v128.load(c5); s51 = v128.load(c5, 16);
  }
  for (let k = K; k > 0; k--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    b += rb;
    let x = v128.load32_splat(a0);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    x = v128.load32_splat(a1);
    s10 = madd(x, b0, s10);
    s11 = madd(x, b1, s11);
    x = v128.load32_splat(a2);
    s20 = madd(x, b0, s20);
    s21 = madd(x, b1, s21);
    x = v128.load32_splat(a3);
    s30 = madd(x, b0, s30);
    s31 = madd(x, b1, s31);
    x = v128.load32_splat(a4);
    s40 = madd(x, b0, s40);
    s41 = madd(x, b1, s41);
    x = v128.load32_splat(a5);
    s50 = madd(x, b0, s50);
    s51 = madd(x, b1, s51);
    a0 += ca; a1 += ca; a2 += ca; a3 += ca; a4 += ca; a5 += ca;
  }
  put(c, s00, s01, columns);
  put(c1, s10, s11, columns);
  put(c2, s20, s21, columns);
  put(c3, s30, s31, columns);
  put(c4, s40, s41, columns);
  put(c5, s50, s51, columns);
}

/** As tile6 with 4 rows. */
export function tile4(
  a: usize, ra: usize, ca: usize,
  b: usize, rb: usize,
  c: usize, rc: usize,
  K: i32, columns: i32, accumulate: bool,
): void {
  let a0 = a;
  let a1 = a0 + ra;
  let a2 = a1 + ra;
  let a3 = a2 + ra;
  const c1 = c + rc;
  const c2 = c1 + rc;
  const c3 = c2 + rc;
  let s00 = f32x4.splat(0);
  let s01 = s00, s10 = s00, s11 = s00, s20 = s00, s21 = s00, s30 = s00, s31 = s00;
  if (accumulate) {
    s00 = v128.load(c); s01 = v128.load(c, 16);
    s10 = v128.load(c1); s11 = v128.load(c1, 16);
    s20 = v128.load(c2); s21 = v128.load(c2, 16);
    s30 = v128.load(c3); s31 = v128.load(c3, 16);
  }
  for (let k = K; k > 0; k--) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    b += rb;
    let x = v128.load32_splat(a0);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    x = v128.load32_splat(a1);
    s10 = madd(x, b0, s10);
    s11 = madd(x, b1, s11);
    x = v128.load32_splat(a2);
    s20 = madd(x, b0, s20);
    s21 = madd(x, b1, s21);
    x = v128.load32_splat(a3);
    s30 = madd(x, b0, s30);
    s31 = madd(x, b1, s31);
    a0 += ca; a1 += ca; a2 += ca; a3 += ca;
  }
  put(c, s00, s01, columns);
  put(c1, s10, s11, columns);
  put(c2, s20, s21, columns);
  put(c3, s30, s31, columns);
}

/** As tile6 with 1 row. */
export function tile1(
  a: usize, ca: usize, b: usize, rb: usize, c: usize, K: i32, columns: i32, accumulate: bool,
): void {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  if (accumulate) {
    s0 = v128.load(c);
    s1 = v128.load(c, 16);
  }
  for (let k = K; k > 0; k--) {
    const x = v128.load32_splat(a);
    s0 = madd(x, v128.load(b), s0);
    s1 = madd(x, v128.load(b, 16), s1);
    a += ca;
    b += rb;
  }
  put(c, s0, s1, columns);
}

/** C[rows, columns <= 8] for any number of rows: sixes, then fours, then ones. */
export function column(
  a: usize, ra: usize, ca: usize,
  b: usize, rb: usize,
  c: usize, rc: usize,
  rows: i32, K: i32, columns: i32, accumulate: bool,
): void {
  let left = rows;
  // 4 and 8 are made of fours, 10 of six and four: ones are left only where the number is odd or two.
  while (left >= 6 && left != 8) {
    tile6(a, ra, ca, b, rb, c, rc, K, columns, accumulate);
    a += ra * 6;
    c += rc * 6;
    left -= 6;
  }
  while (left >= 4) {
    tile4(a, ra, ca, b, rb, c, rc, K, columns, accumulate);
    a += ra << 2;
    c += rc << 2;
    left -= 4;
  }
  while (left > 0) {
    tile1(a, ca, b, rb, c, K, columns, accumulate);
    a += ra;
    c += rc;
    left -= 1;
  }
}

/** Rows of C that are worked on together, so that their part of A stays in the cache for all panels of B. */
export const ROWS: i32 = 48;

/**
 * C[M, N] = A[M, K] B[K, N], B packed by packPanels. Element (i, k) of A at a + i * ra + k * ca.
 *
 * Args: a, ra, ca, packed, c, M, K, N. Work items: blocks of 48 rows.
 */
export function gemmPacked(begin: i32, end: i32): void {
  const a = ptr(0);
  const ra = <usize>int(1);
  const ca = <usize>int(2);
  const packed = ptr(3);
  const c = ptr(4);
  const M = int(5);
  const K = int(6);
  const N = int(7);
  const rc = <usize>N << 2;
  for (let block = begin; block < end; block++) {
    const first = block * ROWS;
    const rows = min(ROWS, M - first);
    let b = packed;
    for (let n = 0; n < N; n += PANEL) {
      column(
        a + <usize>first * ra, ra, ca, b, 32,
        c + <usize>first * rc + (<usize>n << 2), rc,
        rows, K, min(PANEL, N - n), false,
      );
      b += <usize>K << 5;
    }
  }
}

/** Steps along K that are done for all tiles before the next: A's and B's part of them stays in the cache. */
const DEPTH: i32 = 128;

/**
 * Parts[s][M, N] = the share of A^T B that the s-th of S slices of K gives: A [K, M], B [K, N], both row-major with
 * row steps ra, rb. For gradients of filters, where K (pixels) is very long and M, N are channels.
 *
 * Args: a, ra, b, rb, parts, M, K, N, S, blocks, rowsPerBlock. Work items: S * blocks.
 */
export function gemmSlices(begin: i32, end: i32): void {
  const a = ptr(0);
  const ra = <usize>int(1);
  const b = ptr(2);
  const rb = <usize>int(3);
  const parts = ptr(4);
  const M = int(5);
  const K = int(6);
  const N = int(7);
  const S = int(8);
  const blocks = int(9);
  const rowsPerBlock = int(10);
  const rc = <usize>N << 2;
  const perSlice = (K + S - 1) / S;
  for (let item = begin; item < end; item++) {
    const s = item / blocks;
    const firstRow = (item % blocks) * rowsPerBlock;
    const rows = min(rowsPerBlock, M - firstRow);
    const c = parts + (<usize>s * <usize>M + <usize>firstRow) * rc;
    const kEnd = min(K, (s + 1) * perSlice);
    let started = false;
    for (let k = s * perSlice; k < kEnd; k += DEPTH) {
      const depth = min(DEPTH, kEnd - k);
      const ak = a + <usize>k * ra + (<usize>firstRow << 2);
      const bk = b + <usize>k * rb;
      for (let n = 0; n < N; n += PANEL) {
        const at = <usize>n << 2;
        column(ak, 4, ra, bk + at, rb, c + at, rc, rows, depth, min(PANEL, N - n), started);
      }
      started = true;
    }
    // A slice without any step of its own still has to be counted as zeros.
    if (!started) memory.fill(c, 0, <usize>rows * rc);
  }
}

/** Out[n] = sum over s of parts[s][n]. Args: parts, out, count, S. Work items: runs of 1024 numbers. */
export function sumParts(begin: i32, end: i32): void {
  const parts = ptr(0);
  const out = ptr(1);
  const count = int(2);
  const S = int(3);
  const step = <usize>count << 2;
  const last = min(count, end << 10);
  let i = begin << 10;
  for (; i + 4 <= last; i += 4) {
    let from = parts + (<usize>i << 2);
    let sum = v128.load(from);
    for (let s = 1; s < S; s++) {
      from += step;
      sum = f32x4.add(sum, v128.load(from));
    }
    v128.store(out + (<usize>i << 2), sum);
  }
  for (; i < last; i++) {
    let from = parts + (<usize>i << 2);
    let sum = load<f32>(from);
    for (let s = 1; s < S; s++) {
      from += step;
      sum += load<f32>(from);
    }
    store<f32>(out + (<usize>i << 2), sum);
  }
}
