import { NORM_SUMS } from '../generated/layout';
import { madd } from '../vector/fma';
import { paddedBytes, storeSome } from '../vector/lanes';
import { float, int, ptr } from '../layout';

// Axes: [rows, C], C channels. Work items are blocks of rows, whose partial sums [block][NORM_SUMS][C padded to vectors] are
// added in double precision, always in the order of the blocks. Coefficients of the channels lie together:
// the NORM_COEFFICIENTS rows [mean, scale, beta, alpha, 1 / deviation, constant, slope][C padded], scale = gamma / deviation.

/**
 * Per block and channel: a shift near the mean, and the sums of x - shift and of its square. The shift is the
 * block's own mean, rounded, so nothing cancels however far from 0 the numbers are; the second look at the block
 * comes from the cache.
 *
 * Args: x, parts, rows, C, rowsPerBlock. Work items: blocks.
 */
export function normStatistics(begin: i32, end: i32): void {
  const x = ptr(0);
  const parts = ptr(1);
  const rows = int(2);
  const C = int(3);
  const perBlock = int(4);
  const step = <usize>C << 2;
  const width = paddedBytes(C);
  for (let block = begin; block < end; block++) {
    const first = block * perBlock;
    const count = min(perBlock, rows - first);
    const from = x + <usize>first * step;
    const shift = parts + <usize>block * width * <usize>NORM_SUMS;
    memory.fill(shift, 0, width * <usize>NORM_SUMS);
    addRows(from, shift, count, step, width);
    const share = f32x4.splat(<f32>1 / <f32>count);
    for (let c: usize = 0; c < width; c += 16) v128.store(shift + c, f32x4.mul(v128.load(shift + c), share));
    addDeviations(from, shift, shift + width, shift + 2 * width, count, step, width);
  }
}

function addRows(from: usize, sum: usize, count: i32, step: usize, width: usize): void {
  let left = count;
  for (; left >= 4; left -= 4) {
    const r1 = from + step;
    const r2 = r1 + step;
    const r3 = r2 + step;
    for (let c: usize = 0; c < width; c += 16) {
      const low = f32x4.add(v128.load(from + c), v128.load(r1 + c));
      const high = f32x4.add(v128.load(r2 + c), v128.load(r3 + c));
      v128.store(sum + c, f32x4.add(v128.load(sum + c), f32x4.add(low, high)));
    }
    from = r3 + step;
  }
  for (; left > 0; left--) {
    for (let c: usize = 0; c < width; c += 16) {
      v128.store(sum + c, f32x4.add(v128.load(sum + c), v128.load(from + c)));
    }
    from += step;
  }
}

function addDeviations(
  from: usize, shift: usize, sum: usize, square: usize, count: i32, step: usize, width: usize,
): void {
  let left = count;
  for (; left >= 4; left -= 4) {
    const r1 = from + step;
    const r2 = r1 + step;
    const r3 = r2 + step;
    for (let c: usize = 0; c < width; c += 16) {
      const m = v128.load(shift + c);
      const d0 = f32x4.sub(v128.load(from + c), m);
      const d1 = f32x4.sub(v128.load(r1 + c), m);
      const d2 = f32x4.sub(v128.load(r2 + c), m);
      const d3 = f32x4.sub(v128.load(r3 + c), m);
      v128.store(sum + c, f32x4.add(v128.load(sum + c), f32x4.add(f32x4.add(d0, d1), f32x4.add(d2, d3))));
      const low = madd(d1, d1, f32x4.mul(d0, d0));
      const high = madd(d3, d3, f32x4.mul(d2, d2));
      v128.store(square + c, f32x4.add(v128.load(square + c), f32x4.add(low, high)));
    }
    from = r3 + step;
  }
  for (; left > 0; left--) {
    for (let c: usize = 0; c < width; c += 16) {
      const d = f32x4.sub(v128.load(from + c), v128.load(shift + c));
      v128.store(sum + c, f32x4.add(v128.load(sum + c), d));
      v128.store(square + c, madd(d, d, v128.load(square + c)));
    }
    from += step;
  }
}

/**
 * Mean and population variance of each channel from the blocks' partial sums.
 *
 * Args: parts, blocks, rows, rowsPerBlock, C, mean, variance. Work items: groups of 4 channels.
 */
export function normFinish(begin: i32, end: i32): void {
  const parts = ptr(0);
  const blocks = int(1);
  const rows = int(2);
  const perBlock = int(3);
  const C = int(4);
  const meanOut = ptr(5);
  const varianceOut = ptr(6);
  const width = paddedBytes(C);
  const last = min(C, end << 2);
  for (let c = begin << 2; c < last; c++) {
    const at = <usize>c << 2;
    let total: f64 = 0;
    let part = parts + at;
    for (let b = 0; b < blocks; b++) {
      const n = <f64>min(perBlock, rows - b * perBlock);
      total += n * <f64>load<f32>(part) + <f64>load<f32>(part + width);
      part += width * <usize>NORM_SUMS;
    }
    const mean = total / <f64>rows;
    let squares: f64 = 0;
    part = parts + at;
    for (let b = 0; b < blocks; b++) {
      const n = <f64>min(perBlock, rows - b * perBlock);
      const sum = <f64>load<f32>(part + width);
      const away = <f64>load<f32>(part) - mean;
      // Sum of (x - mean)^2 = sum of (d + away)^2 with d = x - shift.
      squares += <f64>load<f32>(part + 2 * width) + away * (2 * sum + n * away);
      part += width * <usize>NORM_SUMS;
    }
    store<f32>(meanOut + at, <f32>mean);
    store<f32>(varianceOut + at, <f32>(max(squares, 0) / <f64>rows));
  }
}

/**
 * Coefficients of each channel: z = (x - mean) scale + beta. Args: mean, variance, gamma, beta, alpha, coefficients,
 * C; gamma, beta or alpha 0 where there is none. Floats: epsilon. Work items: groups of 4 channels.
 */
export function normCoefficients(begin: i32, end: i32): void {
  const mean = ptr(0);
  const variance = ptr(1);
  const gamma = ptr(2);
  const beta = ptr(3);
  const alpha = ptr(4);
  const C = int(6);
  const epsilon = f32x4.splat(float(0));
  const width = paddedBytes(C);
  const one = f32x4.splat(1);
  for (let group = begin; group < end; group++) {
    const at = <usize>group << 4;
    const to = ptr(5) + at;
    const inverse = f32x4.div(one, f32x4.sqrt(f32x4.add(v128.load(variance + at), epsilon)));
    v128.store(to, v128.load(mean + at));
    v128.store(to + width, gamma ? f32x4.mul(inverse, v128.load(gamma + at)) : inverse);
    v128.store(to + 2 * width, beta ? v128.load(beta + at) : f32x4.splat(0));
    v128.store(to + 3 * width, alpha ? v128.load(alpha + at) : one);
    v128.store(to + 4 * width, inverse);
  }
}

/** z where it is positive, alpha z elsewhere. */
@inline
function prelu(z: v128, alpha: v128, active: bool): v128 {
  if (!active) return z;
  const zero = f32x4.splat(0);
  return madd(f32x4.pmin(z, zero), alpha, f32x4.pmax(z, zero));
}

/**
 * y = prelu((x - mean) scale + beta). Args: x, y, coefficients, rows, C, rowsPerBlock, active. Work items: blocks.
 */
export function normApply(begin: i32, end: i32): void {
  if (int(6)) applyBlocks(begin, end, true);
  else applyBlocks(begin, end, false);
}

@inline
function applyBlocks(begin: i32, end: i32, active: bool): void {
  const coefficients = ptr(2);
  const rows = int(3);
  const C = int(4);
  const perBlock = int(5);
  const step = <usize>C << 2;
  const width = paddedBytes(C);
  const whole = (<usize>C >> 2) << 4;
  const rest = C & 3;
  const first = begin * perBlock;
  let from = ptr(0) + <usize>first * step;
  let to = ptr(1) + <usize>first * step;
  let left = min(end * perBlock, rows) - first;
  for (; left >= 4; left -= 4) {
    const f1 = from + step;
    const f2 = f1 + step;
    const f3 = f2 + step;
    const t1 = to + step;
    const t2 = t1 + step;
    const t3 = t2 + step;
    let k = coefficients;
    for (let c: usize = 0; c < whole; c += 16) {
      const mean = v128.load(k);
      const scale = v128.load(k + width);
      const beta = v128.load(k + 2 * width);
      const alpha = v128.load(k + 3 * width);
      k += 16;
      v128.store(to + c, prelu(madd(f32x4.sub(v128.load(from + c), mean), scale, beta), alpha, active));
      v128.store(t1 + c, prelu(madd(f32x4.sub(v128.load(f1 + c), mean), scale, beta), alpha, active));
      v128.store(t2 + c, prelu(madd(f32x4.sub(v128.load(f2 + c), mean), scale, beta), alpha, active));
      v128.store(t3 + c, prelu(madd(f32x4.sub(v128.load(f3 + c), mean), scale, beta), alpha, active));
    }
    if (rest) {
      applyRest(from, to, coefficients, whole, width, rest, active);
      applyRest(f1, t1, coefficients, whole, width, rest, active);
      applyRest(f2, t2, coefficients, whole, width, rest, active);
      applyRest(f3, t3, coefficients, whole, width, rest, active);
    }
    from = f3 + step;
    to = t3 + step;
  }
  for (; left > 0; left--) {
    for (let c: usize = 0; c < whole; c += 16) v128.store(to + c, applied(from + c, coefficients + c, width, active));
    if (rest) applyRest(from, to, coefficients, whole, width, rest, active);
    from += step;
    to += step;
  }
}

function applied(x: usize, k: usize, width: usize, active: bool): v128 {
  const d = f32x4.sub(v128.load(x), v128.load(k));
  return prelu(madd(d, v128.load(k + width), v128.load(k + 2 * width)), v128.load(k + 3 * width), active);
}

function applyRest(
  from: usize, to: usize, coefficients: usize, whole: usize, width: usize, rest: i32, active: bool,
): void {
  storeSome(to + whole, applied(from + whole, coefficients + whole, width, active), rest);
}

/**
 * Per block and channel, the sums that the gradients need, with d = x - mean, z = d scale + beta and dz the gradient
 * for z: of dz, of dz d, and of dy z where z is not positive.
 *
 * Args: x, dy, coefficients, parts, rows, C, rowsPerBlock, active. Work items: blocks.
 */
export function normGradSums(begin: i32, end: i32): void {
  if (int(7)) gradSums(begin, end, true);
  else gradSums(begin, end, false);
}

@inline
function gradSums(begin: i32, end: i32, active: bool): void {
  const coefficients = ptr(2);
  const rows = int(4);
  const C = int(5);
  const perBlock = int(6);
  const step = <usize>C << 2;
  const width = paddedBytes(C);
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  for (let block = begin; block < end; block++) {
    const first = block * perBlock;
    let x = ptr(0) + <usize>first * step;
    let dy = ptr(1) + <usize>first * step;
    const sums = ptr(3) + <usize>block * width * <usize>NORM_SUMS;
    memory.fill(sums, 0, width * <usize>NORM_SUMS);
    let left = min(perBlock, rows - first);
    while (left > 0) {
      const many = left >= 4 ? 4 : 1;
      let k = coefficients;
      let s = sums;
      for (let c: usize = 0; c < width; c += 16) {
        const mean = v128.load(k);
        const scale = v128.load(k + width);
        const beta = v128.load(k + 2 * width);
        const less = f32x4.sub(v128.load(k + 3 * width), one);
        let s0 = v128.load(s);
        let s1 = v128.load(s + width);
        let s2 = v128.load(s + 2 * width);
        let at = c;
        for (let r = many; r > 0; r--) {
          const d = f32x4.sub(v128.load(x + at), mean);
          let dz = v128.load(dy + at);
          if (active) {
            const z = madd(d, scale, beta);
            const below = v128.and(dz, f32x4.le(z, zero));
            s2 = madd(below, z, s2);
            dz = madd(below, less, dz);
          }
          s0 = f32x4.add(s0, dz);
          s1 = madd(dz, d, s1);
          at += step;
        }
        v128.store(s, s0);
        v128.store(s + width, s1);
        if (active) v128.store(s + 2 * width, s2);
        k += 16;
        s += 16;
      }
      x += step * <usize>many;
      dy += step * <usize>many;
      left -= many;
    }
  }
}

/**
 * Gradients of beta, gamma and alpha, and of what is left for x: dx = scale dz + slope d + constant.
 *
 * Args: parts, blocks, rows, C, coefficients, dgamma, dbeta, dalpha (0 for none). Work items: groups of 4 channels.
 */
export function normGradFinish(begin: i32, end: i32): void {
  const parts = ptr(0);
  const blocks = int(1);
  const rows = <f64>int(2);
  const C = int(3);
  const coefficients = ptr(4);
  const dgamma = ptr(5);
  const dbeta = ptr(6);
  const dalpha = ptr(7);
  const width = paddedBytes(C);
  const last = min(C, end << 2);
  for (let c = begin << 2; c < last; c++) {
    const at = <usize>c << 2;
    let s0: f64 = 0;
    let s1: f64 = 0;
    let s2: f64 = 0;
    let part = parts + at;
    for (let b = 0; b < blocks; b++) {
      s0 += <f64>load<f32>(part);
      s1 += <f64>load<f32>(part + width);
      s2 += <f64>load<f32>(part + 2 * width);
      part += width * <usize>NORM_SUMS;
    }
    const k = coefficients + at;
    const scale = <f64>load<f32>(k + width);
    const inverse = <f64>load<f32>(k + 4 * width);
    store<f32>(dbeta + at, <f32>s0);
    store<f32>(dgamma + at, <f32>(s1 * inverse));
    if (dalpha) store<f32>(dalpha + at, <f32>s2);
    store<f32>(k + 5 * width, <f32>(-scale * s0 / rows));
    store<f32>(k + 6 * width, <f32>(-scale * inverse * inverse * s1 / rows));
  }
}

/**
 * dx = scale dz + slope (x - mean) + constant. Args: x, dy, coefficients, dx, rows, C, rowsPerBlock, active.
 * Work items: blocks.
 */
export function normGradApply(begin: i32, end: i32): void {
  if (int(7)) gradApply(begin, end, true);
  else gradApply(begin, end, false);
}

@inline
function gradOf(
  x: v128, dy: v128,
  mean: v128, scale: v128, beta: v128, less: v128, constant: v128, slope: v128,
  active: bool,
): v128 {
  const d = f32x4.sub(x, mean);
  let dz = dy;
  if (active) {
    // Where z is not positive, alpha dy = dy + (alpha - 1) dy.
    dz = madd(v128.and(dy, f32x4.le(madd(d, scale, beta), f32x4.splat(0))), less, dy);
  }
  return madd(scale, dz, madd(d, slope, constant));
}

@inline
function gradApply(begin: i32, end: i32, active: bool): void {
  const coefficients = ptr(2);
  const rows = int(4);
  const C = int(5);
  const perBlock = int(6);
  const step = <usize>C << 2;
  const width = paddedBytes(C);
  const first = begin * perBlock;
  let x = ptr(0) + <usize>first * step;
  let dy = ptr(1) + <usize>first * step;
  let dx = ptr(3) + <usize>first * step;
  let left = min(end * perBlock, rows) - first;
  while (left > 0) {
    const many = min(left, 4);
    let k = coefficients;
    let lanes = C;
    for (let c: usize = 0; c < width; c += 16) {
      const mean = v128.load(k);
      const scale = v128.load(k + width);
      const beta = v128.load(k + 2 * width);
      const less = f32x4.sub(v128.load(k + 3 * width), f32x4.splat(1));
      const constant = v128.load(k + 5 * width);
      const slope = v128.load(k + 6 * width);
      k += 16;
      let at = c;
      if (lanes >= 4) {
        for (let r = many; r > 0; r--) {
          const g = gradOf(v128.load(x + at), v128.load(dy + at), mean, scale, beta, less, constant, slope, active);
          v128.store(dx + at, g);
          at += step;
        }
      } else {
        for (let r = many; r > 0; r--) {
          const g = gradOf(v128.load(x + at), v128.load(dy + at), mean, scale, beta, less, constant, slope, active);
          storeSome(dx + at, g, lanes);
          at += step;
        }
      }
      lanes -= 4;
    }
    const moved = step * <usize>many;
    x += moved;
    dy += moved;
    dx += moved;
    left -= many;
  }
}

/**
 * Moving averages of a norm, in place: m <- m - rate (m - value). Args: mean, its value, variance, its value, C.
 * Floats: rate. Work items: 1.
 */
export function normMovingAverage(begin: i32, end: i32): void {
  const C = int(4);
  const rate = float(0);
  for (let pair = 0; pair < 4; pair += 2) {
    let m = ptr(pair);
    let value = ptr(pair + 1);
    for (let c = 0; c < C; c++) {
      const old = load<f32>(m);
      store<f32>(m, old - rate * (old - load<f32>(value)));
      m += 4;
      value += 4;
    }
  }
}
