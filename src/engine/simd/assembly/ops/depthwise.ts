import { madd } from '../vector/fma';
import { finish } from '../vector/finish';
import { storeSome } from '../vector/lanes';
import { int, ptr } from '../layout';
import {
  channels, endInside, firstInside, gridHeight, gridWidth, height, startX, startY, strideX, strideY, tapsX, tapsY, width,
} from '../vector/window';

// Convolutions of each channel for itself. Arguments 0 to 11 are the window; vectors lie along the channels.

@inline
function put(at: usize, v: v128, left: i32): void {
  if (left >= 4) v128.store(at, v);
  else storeSome(at, v, left);
}

/**
 * Out at (b, gy, gx) [C] = activation(sum over taps of x times w + bias); the tap's weights [C] at w + ty * stepY + tx * stepX.
 *
 * Args: window, x, w, stepY, stepX (bytes, signed), out, imageStep, rowStep, pixelStep (of out, bytes), bias, slopes,
 * activation (see finish).
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
      pixels(image, iy, from, until, out, 0, lo, 0);
      if (strideX() == 1) threes(image, iy, from, until, out, lo, hi, 1);
      else threes(image, iy, from, until, out, lo, hi, strideX());
    }
    pixels(image, iy, from, until, out, hi, gridWidth(), 0);
    finish(out, gridWidth(), <usize>int(19), channels(), ptr(20), ptr(21), int(22));
  }
}

/** Pixels [first, last) of a row, whatever they see; channels from firstChannel (a multiple of 4) on. */
function pixels(
  image: usize, iy: i32, from: i32, until: i32, out: usize, first: i32, last: i32, firstChannel: i32,
): void {
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
    for (let c = firstChannel; c < C; c += 4) {
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

/**
 * Pixels [first, last) of a row that see 3 whole columns, for 3 x 3 taps, four at a time. The channels are the inner
 * loop, so memory is read as it lies, and each weight that is loaded serves four pixels.
 */
@inline
function threes(image: usize, iy: i32, from: i32, until: i32, out: usize, first: i32, last: i32, stride: i32): void {
  const C = channels();
  const step = <usize>C << 2;
  const next = <usize>stride * step;
  const pixelStep = <usize>int(19);
  const line = <usize>width() * step;
  const whole = C & ~3;
  let gx = first;
  for (; gx + 4 <= last; gx += 4) {
    const to0 = out + <usize>gx * pixelStep;
    const to1 = to0 + pixelStep;
    const to2 = to1 + pixelStep;
    const to3 = to2 + pixelStep;
    const x = image + <usize>((iy + from) * width() + gx * stride + startX()) * step;
    const w = ptr(13) + <usize>(from * int(14));
    for (let c = 0; c < whole; c += 4) {
      const at = <usize>c << 2;
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
      let p = x + at;
      let k = w + at;
      for (let ty = from; ty < until; ty++) {
        const w0 = v128.load(k);
        const w1 = v128.load(k + int(15));
        const w2 = v128.load(k + 2 * int(15));
        if (stride == 1) {
          let v = v128.load(p);
          s0 = madd(v, w0, s0);
          v = v128.load(p + step);
          s0 = madd(v, w1, s0);
          s1 = madd(v, w0, s1);
          v = v128.load(p + 2 * step);
          s0 = madd(v, w2, s0);
          s1 = madd(v, w1, s1);
          s2 = madd(v, w0, s2);
          v = v128.load(p + 3 * step);
          s1 = madd(v, w2, s1);
          s2 = madd(v, w1, s2);
          s3 = madd(v, w0, s3);
          v = v128.load(p + 4 * step);
          s2 = madd(v, w2, s2);
          s3 = madd(v, w1, s3);
          v = v128.load(p + 5 * step);
          s3 = madd(v, w2, s3);
        } else {
          let q = p;
          s0 = madd(v128.load(q), w0, s0);
          s0 = madd(v128.load(q + step), w1, s0);
          s0 = madd(v128.load(q + 2 * step), w2, s0);
          q += next;
          s1 = madd(v128.load(q), w0, s1);
          s1 = madd(v128.load(q + step), w1, s1);
          s1 = madd(v128.load(q + 2 * step), w2, s1);
          q += next;
          s2 = madd(v128.load(q), w0, s2);
          s2 = madd(v128.load(q + step), w1, s2);
          s2 = madd(v128.load(q + 2 * step), w2, s2);
          q += next;
          s3 = madd(v128.load(q), w0, s3);
          s3 = madd(v128.load(q + step), w1, s3);
          s3 = madd(v128.load(q + 2 * step), w2, s3);
        }
        p += line;
        k += int(14);
      }
      v128.store(to0 + at, s0);
      v128.store(to1 + at, s1);
      v128.store(to2 + at, s2);
      v128.store(to3 + at, s3);
    }
    if (whole < C) pixels(image, iy, from, until, out, gx, gx + 4, whole);
  }
  pixels(image, iy, from, until, out, gx, last, 0);
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

/** The share of the pixels [first, last) that see 3 whole rows and columns, all taps and four pixels at once. */
function threeByThree(row0: usize, dy: usize, parts: usize, first: i32, last: i32): void {
  const C = channels();
  const step = <usize>C << 2;
  const next = <usize>strideX() * step;
  const line = <usize>width() * step;
  let x = row0 + <usize>(first * strideX() + startX()) * step;
  let g = dy + <usize>first * step;
  for (let gx = first; gx < last; gx += 4) {
    const many = min(4, last - gx);
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
      let x0 = x + at;
      let x1 = x0 + line;
      let x2 = x1 + line;
      let d0 = g + at;
      for (let i = many; i > 0; i--) {
        const d = v128.load(d0);
        s0 = madd(v128.load(x0), d, s0);
        s1 = madd(v128.load(x0 + step), d, s1);
        s2 = madd(v128.load(x0 + 2 * step), d, s2);
        s3 = madd(v128.load(x1), d, s3);
        s4 = madd(v128.load(x1 + step), d, s4);
        s5 = madd(v128.load(x1 + 2 * step), d, s5);
        s6 = madd(v128.load(x2), d, s6);
        s7 = madd(v128.load(x2 + step), d, s7);
        s8 = madd(v128.load(x2 + 2 * step), d, s8);
        d0 += step;
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
    x += 4 * next;
    g += 4 * step;
  }
}
