import { FILTER_DEPTH, PANEL, ROWS } from '../generated/layout';
import { packPanel } from './gemm';
import { int, ptr } from '../layout';
import { finish } from '../vector/finish';
import { column } from './tiles';
import {
  channels, gridHeight, gridWidth, height, startX, startY, strideX, strideY, tapsX, tapsY, width,
} from '../vector/window';

// Convolutions as matrix products: what a few output pixels see is gathered as the rows of a small matrix
// [pixels, taps * C] that stays in the cache, and multiplied (im2col in pieces). Arguments 0 to 11 are the window.

/** Length of the products that are added up before the next: A's and B's part of it stays in the cache. */
const DEEP: i32 = 512;

/**
 * Packs the filter, whose tap (ty, tx) is a matrix [C, N] at w + ty * stepY + tx * stepX, as one matrix
 * [taps * C, N] into panels of 8 columns. Steps are in bytes, and signed.
 *
 * Args: w, packed, tapsY, tapsX, stepY, stepX, C, N, rowStep, columnStep. Work items: panels.
 */
export function packTaps(begin: i32, end: i32): void {
  const taps = int(2) * int(3);
  const C = int(6);
  for (let panel = begin; panel < end; panel++) {
    let to = ptr(1) + ((<usize>panel * <usize>taps * <usize>C) << 5);
    for (let ty = 0; ty < int(2); ty++) {
      for (let tx = 0; tx < int(3); tx++) {
        const from = ptr(0) + <usize>(ty * int(4) + tx * int(5));
        packPanel(from, <usize>int(8), <usize>int(9), to, C, panel * PANEL, int(7));
        to += <usize>C << 5;
      }
    }
  }
}

/** Copies whole vectors: up to 3 numbers past the last are written too, and overwritten by what follows. */
@inline
function copy(to: usize, from: usize, count: i32): void {
  for (let left = count; left > 0; left -= 4) {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  }
}

/** As copy. */
@inline
function clear(to: usize, count: i32): void {
  const zero = f32x4.splat(0);
  for (let left = count; left > 0; left -= 4) {
    v128.store(to, zero);
    to += 16;
  }
}

/** Rows [taps * C] of the pixels from `first` on, and up to 12 bytes more. */
function gatherRows(x: usize, first: i32, rows: i32, to: usize): void {
  const H = height();
  const W = width();
  const C = channels();
  const TX = tapsX();
  const bytes = <usize>C << 2;
  let gx = first % gridWidth();
  const rest = first / gridWidth();
  let gy = rest % gridHeight();
  let image = x + <usize>(rest / gridHeight()) * <usize>H * <usize>W * bytes;
  for (let row = 0; row < rows; row++) {
    const ix = gx * strideX() + startX();
    const from = max(0, -ix);
    const until = min(TX, W - ix);
    let iy = gy * strideY() + startY();
    for (let ty = 0; ty < tapsY(); ty++) {
      if (iy < 0 || iy >= H || until <= from) {
        clear(to, TX * C);
      } else {
        clear(to, from * C);
        copy(to + <usize>from * bytes, image + <usize>(iy * W + ix + from) * bytes, (until - from) * C);
        clear(to + <usize>until * bytes, (TX - until) * C);
      }
      to += <usize>TX * bytes;
      iy++;
    }
    if (++gx == gridWidth()) {
      gx = 0;
      if (++gy == gridHeight()) {
        gy = 0;
        image += <usize>H * <usize>W * bytes;
      }
    }
  }
}

/**
 * Out at (b, gy, gx) [N] = activation(what the pixel sees [taps * C] times the packed filter [taps * C, N] + bias).
 *
 * Args: window, x, packed, out, space, N, imageStep, rowStep, pixelStep (of out, in bytes), blocks of ROWS pixels,
 * blocks per item, bytes of space per item, bias, slopes, activation (see finish). Work items:
 * ceil(blocks / blocks per item).
 */
export function implicitGemm(begin: i32, end: i32): void {
  const x = ptr(12);
  const out = ptr(14);
  const N = int(16);
  const perItem = int(21);
  const K = tapsY() * tapsX() * channels();
  const rc = <usize>N << 2;
  const imagePixels = gridHeight() * gridWidth();
  const pixels = int(0) * imagePixels;
  // Where the pixels of out follow each other, they are written in place.
  const flat = <usize>int(19) == rc && int(18) == gridWidth() * int(19) && int(17) == gridHeight() * int(18);
  for (let item = begin; item < end; item++) {
    const space = ptr(15) + <usize>item * <usize>int(22);
    const made = space + ((<usize>(ROWS * K + 16)) << 2);
    const last = min(int(20), (item + 1) * perItem);
    for (let block = item * perItem; block < last; block++) {
      const first = block * ROWS;
      const rows = min(ROWS, pixels - first);
      const c = flat ? out + <usize>first * rc : made;
      gatherRows(x, first, rows, space);
      let k = 0;
      do {
        let b = ptr(13) + (<usize>k << 5);
        const depth = min(DEEP, K - k);
        for (let n = 0; n < N; n += PANEL) {
          column(
            space + (<usize>k << 2), <usize>K << 2, 4, b, 32,
            c + (<usize>n << 2), rc,
            rows, depth, min(PANEL, N - n), k > 0,
          );
          b += <usize>K << 5;
        }
        k += DEEP;
      } while (k < K);
      finish(c, rows, rc, N, ptr(23), ptr(24), int(25));
      if (!flat) {
        for (let row = 0; row < rows; row++) {
          const pixel = first + row;
          const inImage = pixel % imagePixels;
          const at =
            (pixel / imagePixels) * int(17) + (inImage / gridWidth()) * int(18) + (inImage % gridWidth()) * int(19);
          memory.copy(out + <usize>at, made + <usize>row * rc, rc);
        }
      }
    }
  }
}

/**
 * Parts[s][taps * C, N] = the share of the filter's gradient that the s-th of S slices of the pixels gives.
 *
 * Args: window, x, dy [pixels, N], parts, space, N, slices, bytes of space per item. Work items: slices.
 */
export function implicitGemmFilter(begin: i32, end: i32): void {
  const x = ptr(12);
  const dy = ptr(13);
  const N = int(16);
  const S = int(17);
  const K = tapsY() * tapsX() * channels();
  const rc = <usize>N << 2;
  const pixels = int(0) * gridHeight() * gridWidth();
  const perSlice = (pixels + S - 1) / S;
  for (let s = begin; s < end; s++) {
    const space = ptr(15) + <usize>s * <usize>int(18);
    const panel = space + (<usize>(FILTER_DEPTH * K + 16) << 2);
    const c = ptr(14) + <usize>s * <usize>K * rc;
    const last = min(pixels, (s + 1) * perSlice);
    let started = false;
    for (let first = s * perSlice; first < last; first += FILTER_DEPTH) {
      const depth = min(FILTER_DEPTH, last - first);
      gatherRows(x, first, depth, space);
      for (let n = 0; n < N; n += PANEL) {
        packPanel(dy + <usize>first * rc, rc, 4, panel, depth, n, N);
        column(
          space, 4, <usize>K << 2, panel, 32, c + (<usize>n << 2), rc, K, depth, min(PANEL, N - n), started,
        );
      }
      started = true;
    }
    if (!started) memory.fill(c, 0, <usize>K * rc);
  }
}
