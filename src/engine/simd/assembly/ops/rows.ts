import { exp4 } from '../vector/exp';
import { madd } from '../vector/fma';
import { storeSome } from '../vector/lanes';
import { float, int, ptr } from '../layout';

// Operations on the rows of matrices, one work item a row unless said otherwise.

@inline
function sumLanes(v: v128): f32 {
  const pairs = f32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(pairs, 0) + f32x4.extract_lane(pairs, 1);
}

/** Mask of the first `count` lanes. */
@inline
function firstLanes(count: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(count));
}

/**
 * y = softmax(x), with the row's maximum subtracted first; where `losses` is given, also
 * log(sum_j exp x_j) - x_label.
 *
 * Args: x, y, K, labels, losses (both 0 for none).
 */
export function softmaxRows(begin: i32, end: i32): void {
  const K = int(2);
  const low = f32x4.splat(-Infinity);
  for (let row = begin; row < end; row++) {
    const offset = (<usize>row * <usize>K) << 2;
    const x = ptr(0) + offset;
    const y = ptr(1) + offset;
    const tail = K & 3;
    const body = (<usize>(K - tail)) << 2;
    const kept = firstLanes(tail);
    let most = low;
    for (let k: usize = 0; k < body; k += 16) most = f32x4.max(most, v128.load(x + k));
    if (tail > 0) most = f32x4.max(most, v128.bitselect(v128.load(x + body), low, kept));
    most = f32x4.max(most, v128.shuffle<i32>(most, most, 2, 3, 0, 1));
    most = f32x4.max(most, v128.shuffle<i32>(most, most, 1, 0, 3, 2));
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < body; k += 16) {
      const e = exp4(f32x4.sub(v128.load(x + k), most));
      sum = f32x4.add(sum, e);
      v128.store(y + k, e);
    }
    if (tail > 0) {
      const e = v128.and(exp4(f32x4.sub(v128.load(x + body), most)), kept);
      sum = f32x4.add(sum, e);
      storeSome(y + body, e, tail);
    }
    const total = sumLanes(sum);
    const factor = f32x4.splat(1 / total);
    for (let k: usize = 0; k < body; k += 16) v128.store(y + k, f32x4.mul(v128.load(y + k), factor));
    if (tail > 0) storeSome(y + body, f32x4.mul(v128.load(y + body), factor), tail);
    if (int(4) != 0) {
      const label = load<i32>(ptr(3) + (<usize>row << 2));
      const target = load<f32>(x + (<usize>label << 2)) - f32x4.extract_lane(most, 0);
      // In 64 bits: where the target class has a probability near 1, the loss is a difference of nearly equal numbers.
      store<f32>(ptr(4) + (<usize>row << 2), <f32>(Math.log(<f64>total) - <f64>target));
    }
  }
}

/** out = (p - oneHot(label)) * factor * dy. Args: p, labels, out, K, dy (one number). Floats: factor. */
export function crossEntropyGrad(begin: i32, end: i32): void {
  const K = int(3);
  const scale = float(0) * load<f32>(ptr(4));
  const factor = f32x4.splat(scale);
  for (let row = begin; row < end; row++) {
    const offset = (<usize>row * <usize>K) << 2;
    let p = ptr(0) + offset;
    let out = ptr(2) + offset;
    let left = K;
    for (; left >= 4; left -= 4) {
      v128.store(out, f32x4.mul(v128.load(p), factor));
      p += 16;
      out += 16;
    }
    if (left > 0) storeSome(out, f32x4.mul(v128.load(p), factor), left);
    const target = offset + (<usize>load<i32>(ptr(1) + (<usize>row << 2)) << 2);
    store<f32>(ptr(2) + target, (load<f32>(ptr(0) + target) - 1) * scale);
  }
}

/** out = x, but the entry of the label is `value` (op 0), or its old value times `value` (op 1). Args: op, x, labels, values,
 * out, K. */
export function replaceTarget(begin: i32, end: i32): void {
  const K = int(5);
  for (let row = begin; row < end; row++) {
    const offset = (<usize>row * <usize>K) << 2;
    let x = ptr(1) + offset;
    let out = ptr(4) + offset;
    let left = K;
    for (; left >= 4; left -= 4) {
      v128.store(out, v128.load(x));
      x += 16;
      out += 16;
    }
    if (left > 0) storeSome(out, v128.load(x), left);
    const at = ptr(4) + offset + (<usize>load<i32>(ptr(2) + (<usize>row << 2)) << 2);
    const value = load<f32>(ptr(3) + (<usize>row << 2));
    store<f32>(at, int(0) == 0 ? value : load<f32>(at) * value);
  }
}

@inline
function dot(a: usize, b: usize, count: i32): f32 {
  let s0 = f32x4.splat(0), s1 = s0;
  let left = count;
  for (; left >= 8; left -= 8) {
    s0 = madd(v128.load(a), v128.load(b), s0);
    s1 = madd(v128.load(a, 16), v128.load(b, 16), s1);
    a += 32;
    b += 32;
  }
  for (; left >= 4; left -= 4) {
    s0 = madd(v128.load(a), v128.load(b), s0);
    a += 16;
    b += 16;
  }
  if (left > 0) {
    const kept = firstLanes(left);
    s1 = madd(v128.and(v128.load(a), kept), v128.and(v128.load(b), kept), s1);
  }
  return sumLanes(f32x4.add(s0, s1));
}

/** y = x / |x| and 1 / |x|, squared lengths below the smallest counting as that. Args: x, y, inverse, D. Floats:
 * smallest. */
export function normaliseRows(begin: i32, end: i32): void {
  const D = int(3);
  for (let row = begin; row < end; row++) {
    const offset = (<usize>row * <usize>D) << 2;
    let x = ptr(0) + offset;
    let y = ptr(1) + offset;
    const squared = dot(x, x, D);
    const inverse: f32 = 1 / sqrt<f32>(max<f32>(squared, float(0)));
    store<f32>(ptr(2) + (<usize>row << 2), inverse);
    const factor = f32x4.splat(inverse);
    let left = D;
    for (; left >= 4; left -= 4) {
      v128.store(y, f32x4.mul(v128.load(x), factor));
      x += 16;
      y += 16;
    }
    if (left > 0) storeSome(y, f32x4.mul(v128.load(x), factor), left);
  }
}

/** dx = (dy - y (y . dy)) / |x|. Args: dy, y, inverse, dx, D. */
export function normaliseRowsGrad(begin: i32, end: i32): void {
  const D = int(4);
  for (let row = begin; row < end; row++) {
    const offset = (<usize>row * <usize>D) << 2;
    let dy = ptr(0) + offset;
    let y = ptr(1) + offset;
    let dx = ptr(3) + offset;
    const along = f32x4.splat(-dot(dy, y, D));
    const factor = v128.load32_splat(ptr(2) + (<usize>row << 2));
    let left = D;
    for (; left >= 4; left -= 4) {
      v128.store(dx, f32x4.mul(madd(v128.load(y), along, v128.load(dy)), factor));
      dy += 16;
      y += 16;
      dx += 16;
    }
    if (left > 0) storeSome(dx, f32x4.mul(madd(v128.load(y), along, v128.load(dy)), factor), left);
  }
}

/**
 * out[o, i, :] = x[o, index_i, :].
 *
 * Args: x, indices, out, N indices, R rows that x has for each o, inner. Work items: o * N.
 */
export function gatherRows(begin: i32, end: i32): void {
  const N = int(3);
  const R = int(4);
  const bytes = <usize>int(5) << 2;
  for (let item = begin; item < end; item++) {
    const index = load<i32>(ptr(1) + (<usize>(item % N) << 2));
    const from = ptr(0) + (<usize>(item / N) * <usize>R + <usize>index) * bytes;
    memory.copy(ptr(2) + <usize>item * bytes, from, bytes);
  }
}

/**
 * out[id_i, :] += x[i, :], over all i in their order; ids outside [0, S) go nowhere. `out` is cleared first.
 *
 * Args: x, ids, out, N, S, inner, columns an item. Work items: blocks of columns, which no two threads share.
 */
export function scatterAddRows(begin: i32, end: i32): void {
  const N = int(3);
  const S = int(4);
  const inner = int(5);
  const perItem = int(6);
  const bytes = <usize>inner << 2;
  const first = begin * perItem;
  const width = min(inner, end * perItem) - first;
  const shift = <usize>first << 2;
  for (let s = 0; s < S; s++) memory.fill(ptr(2) + <usize>s * bytes + shift, 0, <usize>width << 2);
  for (let i = 0; i < N; i++) {
    const id = load<i32>(ptr(1) + (<usize>i << 2));
    if (<u32>id >= <u32>S) continue;
    let x = ptr(0) + <usize>i * bytes + shift;
    let out = ptr(2) + <usize>id * bytes + shift;
    let left = width;
    for (; left >= 4; left -= 4) {
      v128.store(out, f32x4.add(v128.load(out), v128.load(x)));
      x += 16;
      out += 16;
    }
    if (left > 0) storeSome(out, f32x4.add(v128.load(out), v128.load(x)), left);
  }
}
