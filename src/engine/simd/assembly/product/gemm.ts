import { int, ptr } from '../layout';
import { LONG_DEPTH, PANEL, ROWS, RUN } from '../generated/layout';
import { finish } from '../vector/finish';
import { column } from './tiles';

/**
 * Packs B [K, N] into panels of 8 columns, [ceil(N/8), K, 8], zeros where there is no column.
 * Element (k, n) of B lies at b + k * rowStep + n * columnStep (steps in bytes), so a transposed B is the same.
 *
 * Args: b, packed, K, N, rowStep, columnStep. Work items: panels.
 */
export function packPanels(begin: i32, end: i32): void {
  const K = int(2);
  for (let panel = begin; panel < end; panel++) {
    packPanel(
      ptr(0), <usize>int(4), <usize>int(5), ptr(1) + (<usize>(panel * K) << 5), K, panel * PANEL, int(3),
    );
  }
}

/** One panel: the columns from `first` on of B [K, N]. */
export function packPanel(
  b: usize, rowStep: usize, columnStep: usize, packed: usize, K: i32, first: i32, N: i32,
): void {
  const columns = min(PANEL, N - first);
  let source = b + <usize>first * columnStep;
  let target = packed;
  if (columns == PANEL && columnStep == 4) {
    for (let k = 0; k < K; k++) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
      source += rowStep;
      target += 32;
    }
    return;
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

/**
 * C[M, N] = activation(A[M, K] B[K, N] + bias), B packed by packPanels. Element (i, k) of A at a + i * ra + k * ca.
 *
 * Args: a, ra, ca, packed, c, M, K, N, bias, slopes, activation (see finish). Work items: blocks of ROWS rows, whose part of A
 * stays in the cache for all panels of B.
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
    finish(c + <usize>first * rc, rows, rc, N, ptr(8), ptr(9), int(10));
  }
}

/**
 * Parts[s][M, N] = the share of A^T B that the s-th of S slices of K gives: A [K, M], B [K, N], both row-major with
 * row steps ra, rb. For gradients of filters, where K (pixels) is very long and M, N are channels.
 *
 * A panel of a piece of B is packed before it is used: as it lies, its rows are a power of two apart and push each
 * other out of the cache. `space` holds LONG_DEPTH x PANEL floats for every item.
 *
 * Args: a, ra, b, rb, parts, M, K, N, S, blocks, rowsPerBlock, space. Work items: S * blocks.
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
    const space = ptr(11) + <usize>item * (LONG_DEPTH << 5);
    const kEnd = min(K, (s + 1) * perSlice);
    let started = false;
    for (let k = s * perSlice; k < kEnd; k += LONG_DEPTH) {
      const depth = min(LONG_DEPTH, kEnd - k);
      const ak = a + <usize>k * ra + (<usize>firstRow << 2);
      const bk = b + <usize>k * rb;
      for (let n = 0; n < N; n += PANEL) {
        packPanel(bk, rb, 4, space, depth, n, N);
        column(ak, 4, ra, space, 32, c + (<usize>n << 2), rc, rows, depth, min(PANEL, N - n), started);
      }
      started = true;
    }
    // An empty slice counts as zeros.
    if (!started) memory.fill(c, 0, <usize>rows * rc);
  }
}

/** Out[n] = sum over s of parts[s][n]. Args: parts, out, count, S. Work items: runs of RUN numbers. */
export function sumParts(begin: i32, end: i32): void {
  const parts = ptr(0);
  const out = ptr(1);
  const count = int(2);
  const S = int(3);
  const step = <usize>count << 2;
  const last = min(count, end * RUN);
  let i = begin * RUN;
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
