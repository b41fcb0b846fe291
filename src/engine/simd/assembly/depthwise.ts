import { madd } from './fma';
import { storeSome } from './lanes';
import { int, ptr } from './layout';
import {
  channels, endInside, firstInside, gridHeight, gridWidth, height, startX, startY, strideX, strideY, tapsX, tapsY, width,
} from './window';

// Convolutions of each channel for itself. Arguments 0 to 11 are the window; vectors lie along the channels.

// @ts-ignore: decorator
@inline
function put(at: usize, v: v128, left: i32): void {
  if (left >= 4) v128.store(at, v);
  else storeSome(at, v, left);
}

/**
 * Out at (b, gy, gx) [C] = sum over taps of x times w; the tap's weights [C] at w + ty * stepY + tx * stepX.
 *
 * Args: window, x, w, stepY, stepX (bytes, signed), out, imageStep, rowStep, pixelStep (of out, bytes).
 * Work items: rows of the grids.
 */
export function depthwise(begin: i32, end: i32): void {
  const step = <usize>channels() << 2;
  const H = height();
  const TX = tapsX();
  const inner = TX == 3 && tapsY() == 3;
  const lo = inner ? firstInside(0) : 0;
  const hi = inner ? max(lo, endInside(2)) : 0;
  for (let item = begin; item < end; item++) {
    const b = item / gridHeight();
    const gy = item % gridHeight();
    const iy = gy * strideY() + startY();
    const from = max(0, -iy);
    const until = min(tapsY(), H - iy);
    const image = ptr(12) + <usize>b * <usize>H * <usize>width() * step;
    const out = ptr(16) + <usize>(b * int(17) + gy * int(18));
    if (inner) {
      pixels(image, iy, from, until, out, 0, lo);
      if (strideX() == 1) threes(image, iy, out, lo, hi, 1);
      else threes(image, iy, out, lo, hi, strideX());
    }
    pixels(image, iy, from, until, out, hi, gridWidth());
  }
}

/** Pixels [first, last) of a row, whatever they see. */
function pixels(image: usize, iy: i32, from: i32, until: i32, out: usize, first: i32, last: i32): void {
  const C = channels();
  const W = width();
  const step = <usize>C << 2;
  const stepY = int(14);
  const stepX = int(15);
  for (let gx = first; gx < last; gx++) {
    const ix = gx * strideX() + startX();
    const tx0 = max(0, -ix);
    const tx1 = min(tapsX(), W - ix);
    const to = out + <usize>(gx * int(19));
    for (let c = 0; c < C; c += 4) {
      const at = <usize>c << 2;
      let sum = f32x4.splat(0);
      for (let ty = from; ty < until; ty++) {
        let x = image + <usize>((iy + ty) * W + ix + tx0) * step + at;
        let w = ptr(13) + <usize>(ty * stepY + tx0 * stepX) + at;
        for (let tx = tx0; tx < tx1; tx++) {
          sum = madd(v128.load(x), v128.load(w), sum);
          x += step;
          w += stepX;
        }
      }
      put(to + at, sum, C - c);
    }
  }
}

/** Row iy of x, or the nearest that there is: its weights are then zeros. */
// @ts-ignore: decorator
@inline
function nearest(image: usize, iy: i32, step: usize): usize {
  return image + <usize>(max(0, min(height() - 1, iy)) * width()) * step;
}

/** Pixels [first, last) of a row that see 3 whole columns, for 3 x 3 taps. */
// @ts-ignore: decorator
@inline
function threes(image: usize, iy: i32, out: usize, first: i32, last: i32, stride: i32): void {
  if (first >= last) return;
  const C = channels();
  const step = <usize>C << 2;
  const next = <usize>stride * step;
  const stepY = int(14);
  const stepX = int(15);
  const pixelStep = <usize>int(19);
  const start = <usize>(first * stride + startX()) * step;
  const zero = f32x4.splat(0);
  const top = iy >= 0 && iy < height();
  const middle = iy + 1 >= 0 && iy + 1 < height();
  const bottom = iy + 2 >= 0 && iy + 2 < height();
  const row0 = nearest(image, iy, step) + start;
  const row1 = nearest(image, iy + 1, step) + start;
  const row2 = nearest(image, iy + 2, step) + start;
  for (let c = 0; c < C; c += 4) {
    const at = <usize>c << 2;
    const w = ptr(13) + at;
    const v = w + stepY;
    const u = v + stepY;
    const w00 = top ? v128.load(w) : zero;
    const w01 = top ? v128.load(w + stepX) : zero;
    const w02 = top ? v128.load(w + 2 * stepX) : zero;
    const w10 = middle ? v128.load(v) : zero;
    const w11 = middle ? v128.load(v + stepX) : zero;
    const w12 = middle ? v128.load(v + 2 * stepX) : zero;
    const w20 = bottom ? v128.load(u) : zero;
    const w21 = bottom ? v128.load(u + stepX) : zero;
    const w22 = bottom ? v128.load(u + 2 * stepX) : zero;
    let x0 = row0 + at;
    let x1 = row1 + at;
    let x2 = row2 + at;
    let to = out + <usize>first * pixelStep + at;
    let gx = first;
    const left = C - c;
    if (stride == 1 && left >= 4) {
      // Two neighbours see two columns in common.
      for (; gx + 2 <= last; gx += 2) {
        let x = v128.load(x0);
        let s = f32x4.mul(x, w00);
        x = v128.load(x0 + step);
        s = madd(x, w01, s);
        let t = f32x4.mul(x, w00);
        x = v128.load(x0 + 2 * step);
        s = madd(x, w02, s);
        t = madd(x, w01, t);
        x = v128.load(x0 + 3 * step);
        t = madd(x, w02, t);
        x = v128.load(x1);
        s = madd(x, w10, s);
        x = v128.load(x1 + step);
        s = madd(x, w11, s);
        t = madd(x, w10, t);
        x = v128.load(x1 + 2 * step);
        s = madd(x, w12, s);
        t = madd(x, w11, t);
        x = v128.load(x1 + 3 * step);
        t = madd(x, w12, t);
        x = v128.load(x2);
        s = madd(x, w20, s);
        x = v128.load(x2 + step);
        s = madd(x, w21, s);
        t = madd(x, w20, t);
        x = v128.load(x2 + 2 * step);
        s = madd(x, w22, s);
        t = madd(x, w21, t);
        x = v128.load(x2 + 3 * step);
        t = madd(x, w22, t);
        v128.store(to, s);
        v128.store(to + pixelStep, t);
        to += 2 * pixelStep;
        x0 += 2 * step;
        x1 += 2 * step;
        x2 += 2 * step;
      }
    }
    for (; gx < last; gx++) {
      let s = f32x4.mul(v128.load(x0), w00);
      s = madd(v128.load(x0 + step), w01, s);
      s = madd(v128.load(x0 + 2 * step), w02, s);
      s = madd(v128.load(x1), w10, s);
      s = madd(v128.load(x1 + step), w11, s);
      s = madd(v128.load(x1 + 2 * step), w12, s);
      s = madd(v128.load(x2), w20, s);
      s = madd(v128.load(x2 + step), w21, s);
      s = madd(v128.load(x2 + 2 * step), w22, s);
      put(to, s, left);
      to += pixelStep;
      x0 += next;
      x1 += next;
      x2 += next;
    }
  }
}

/**
 * Parts[s][taps, C] = the share of the filter's gradient, sum over pixels of x times dy, that the s-th run of rows
 * of the grids gives.
 *
 * Args: window, x, dy [B, GH, GW, C], parts, rows per item. Work items: runs of rows.
 */
export function depthwiseFilter(begin: i32, end: i32): void {
  const C = channels();
  const step = <usize>C << 2;
  const H = height();
  const rows = int(0) * gridHeight();
  const lo = firstInside(0);
  const hi = max(lo, endInside(tapsX() - 1));
  const bytes = <usize>(tapsY() * tapsX()) * step;
  for (let item = begin; item < end; item++) {
    const parts = ptr(14) + <usize>item * bytes;
    memory.fill(parts, 0, bytes);
    const last = min(rows, (item + 1) * int(15));
    for (let row = item * int(15); row < last; row++) {
      const iy = (row % gridHeight()) * strideY() + startY();
      const image = ptr(12) + <usize>(row / gridHeight()) * <usize>(H * width()) * step;
      const dy = ptr(13) + <usize>row * <usize>gridWidth() * step;
      if (tapsX() == 3 && tapsY() == 3 && iy >= 0 && iy + 3 <= H) {
        threeByThree(image + <usize>(iy * width()) * step, dy, parts, lo, hi);
        filterRow(image, iy, dy, parts, 0, lo);
        filterRow(image, iy, dy, parts, hi, gridWidth());
      } else {
        filterRow(image, iy, dy, parts, 0, gridWidth());
      }
    }
  }
}

/** The share of the pixels [first, last) of a row, tap by tap. */
function filterRow(image: usize, iy: i32, dy: usize, parts: usize, first: i32, last: i32): void {
  if (first >= last) return;
  const C = channels();
  const step = <usize>C << 2;
  const next = <usize>strideX() * step;
  for (let ty = max(0, -iy); ty < min(tapsY(), height() - iy); ty++) {
    for (let tx = 0; tx < tapsX(); tx++) {
      const from = max(first, firstInside(tx));
      const until = min(last, endInside(tx));
      if (from >= until) continue;
      const x = image + <usize>((iy + ty) * width() + from * strideX() + startX() + tx) * step;
      const g = dy + <usize>from * step;
      const to = parts + <usize>(ty * tapsX() + tx) * step;
      for (let c = 0; c < C; c += 4) {
        const at = <usize>c << 2;
        let a = x + at;
        let b = g + at;
        let sum = v128.load(to + at);
        for (let gx = from; gx < until; gx++) {
          sum = madd(v128.load(a), v128.load(b), sum);
          a += next;
          b += step;
        }
        put(to + at, sum, C - c);
      }
    }
  }
}

/** The share of the pixels [first, last) that see 3 whole rows and columns, all taps at once. */
function threeByThree(row0: usize, dy: usize, parts: usize, first: i32, last: i32): void {
  if (first >= last) return;
  const C = channels();
  const step = <usize>C << 2;
  const next = <usize>strideX() * step;
  const line = <usize>width() * step;
  const start = row0 + <usize>(first * strideX() + startX()) * step;
  for (let c = 0; c < C; c += 4) {
    const at = <usize>c << 2;
    const to = parts + at;
    let s0 = v128.load(to);
    let s1 = v128.load(to + step);
    let s2 = v128.load(to + 2 * step);
    let s3 = v128.load(to + 3 * step);
    let s4 = v128.load(to + 4 * step);
    let s5 = v128.load(to + 5 * step);
    let s6 = v128.load(to + 6 * step);
    let s7 = v128.load(to + 7 * step);
    let s8 = v128.load(to + 8 * step);
    let x0 = start + at;
    let x1 = x0 + line;
    let x2 = x1 + line;
    let g = dy + <usize>first * step + at;
    for (let gx = first; gx < last; gx++) {
      const d = v128.load(g);
      s0 = madd(v128.load(x0), d, s0);
      s1 = madd(v128.load(x0 + step), d, s1);
      s2 = madd(v128.load(x0 + 2 * step), d, s2);
      s3 = madd(v128.load(x1), d, s3);
      s4 = madd(v128.load(x1 + step), d, s4);
      s5 = madd(v128.load(x1 + 2 * step), d, s5);
      s6 = madd(v128.load(x2), d, s6);
      s7 = madd(v128.load(x2 + step), d, s7);
      s8 = madd(v128.load(x2 + 2 * step), d, s8);
      g += step;
      x0 += next;
      x1 += next;
      x2 += next;
    }
    const left = C - c;
    put(to, s0, left);
    put(to + step, s1, left);
    put(to + 2 * step, s2, left);
    put(to + 3 * step, s3, left);
    put(to + 4 * step, s4, left);
    put(to + 5 * step, s5, left);
    put(to + 6 * step, s6, left);
    put(to + 7 * step, s7, left);
    put(to + 8 * step, s8, left);
  }
}
