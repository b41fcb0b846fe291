import { madd } from '../vector/fma';

// Tiles of a matrix product: 6 or 4 rows of A times 8 columns of B, the sums in registers. Twelve sums, two vectors
// of B and one of A: the 15 registers that a compiler of WebAssembly has on x86. That A is contiguous along its rows
// or along its columns is known to the tile, because a step of 4 bytes that the compiler knows is a third faster than
// one that it does not (docs/performance.md). Steps are in bytes. Full vectors of B and of C are read past the last
// column: memory behind every tensor is readable.

/** Adds `columns` (1 to 8) of the two vectors of a row to, or puts them at, c. */
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

/** C[6, columns <= 8] = (accumulate ? C : 0) + A[6, K] B[K, 8]; A row-major, row i at a + i * ra. */
function rows6(
  a: usize, ra: usize, b: usize, rb: usize, c: usize, rc: usize, K: i32, columns: i32, accumulate: bool,
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
    a0 += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4; a5 += 4;
  }
  put(c, s00, s01, columns);
  put(c1, s10, s11, columns);
  put(c2, s20, s21, columns);
  put(c3, s30, s31, columns);
  put(c4, s40, s41, columns);
  put(c5, s50, s51, columns);
}

/** As rows6 with A column-major: column k at a + k * ca. */
function columns6(
  a: usize, ca: usize, b: usize, rb: usize, c: usize, rc: usize, K: i32, columns: i32, accumulate: bool,
): void {
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
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = madd(x, b0, s10);
    s11 = madd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = madd(x, b0, s20);
    s21 = madd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = madd(x, b0, s30);
    s31 = madd(x, b1, s31);
    x = v128.load32_splat(a, 16);
    s40 = madd(x, b0, s40);
    s41 = madd(x, b1, s41);
    x = v128.load32_splat(a, 20);
    s50 = madd(x, b0, s50);
    s51 = madd(x, b1, s51);
    a += ca;
  }
  put(c, s00, s01, columns);
  put(c1, s10, s11, columns);
  put(c2, s20, s21, columns);
  put(c3, s30, s31, columns);
  put(c4, s40, s41, columns);
  put(c5, s50, s51, columns);
}

/** As rows6 with 4 rows. */
function rows4(
  a: usize, ra: usize, b: usize, rb: usize, c: usize, rc: usize, K: i32, columns: i32, accumulate: bool,
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
    a0 += 4; a1 += 4; a2 += 4; a3 += 4;
  }
  put(c, s00, s01, columns);
  put(c1, s10, s11, columns);
  put(c2, s20, s21, columns);
  put(c3, s30, s31, columns);
}

/** As columns6 with 4 rows. */
function columns4(
  a: usize, ca: usize, b: usize, rb: usize, c: usize, rc: usize, K: i32, columns: i32, accumulate: bool,
): void {
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
    let x = v128.load32_splat(a);
    s00 = madd(x, b0, s00);
    s01 = madd(x, b1, s01);
    x = v128.load32_splat(a, 4);
    s10 = madd(x, b0, s10);
    s11 = madd(x, b1, s11);
    x = v128.load32_splat(a, 8);
    s20 = madd(x, b0, s20);
    s21 = madd(x, b1, s21);
    x = v128.load32_splat(a, 12);
    s30 = madd(x, b0, s30);
    s31 = madd(x, b1, s31);
    a += ca;
  }
  put(c, s00, s01, columns);
  put(c1, s10, s11, columns);
  put(c2, s20, s21, columns);
  put(c3, s30, s31, columns);
}

/** As rows6 with 1 row. */
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

/**
 * C[rows, columns <= 8] = (accumulate ? C : 0) + A[rows, K] B[K, 8] for any number of rows: sixes, then fours, then
 * ones. Element (i, k) of A lies at a + i * ra + k * ca, where ra or ca is 4; row k of B at b + k * rb.
 */
export function column(
  a: usize, ra: usize, ca: usize,
  b: usize, rb: usize,
  c: usize, rc: usize,
  rows: i32, K: i32, columns: i32, accumulate: bool,
): void {
  let left = rows;
  // 4 and 8 are made of fours, 10 of six and four: ones are left only where the number is odd or two.
  for (; left >= 6 && left != 8; left -= 6) {
    if (ca == 4) rows6(a, ra, b, rb, c, rc, K, columns, accumulate);
    else columns6(a, ca, b, rb, c, rc, K, columns, accumulate);
    a += ra * 6;
    c += rc * 6;
  }
  for (; left >= 4; left -= 4) {
    if (ca == 4) rows4(a, ra, b, rb, c, rc, K, columns, accumulate);
    else columns4(a, ca, b, rb, c, rc, K, columns, accumulate);
    a += ra << 2;
    c += rc << 2;
  }
  for (; left > 0; left--) {
    tile1(a, ca, b, rb, c, K, columns, accumulate);
    a += ra;
    c += rc;
  }
}
