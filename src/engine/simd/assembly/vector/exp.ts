import { madd } from './fma';

@inline
const LOG2E: f32 = 1.44269504;
/** ln 2 in two parts, the first with so few digits that its multiples up to 2^9 are exact. */
@inline
const LN2_HIGH: f32 = 0.693359375;
@inline
const LN2_LOW: f32 = -2.12194440e-4;

/**
 * e^x: x = n ln 2 + r with |r| <= ln 2 / 2, and a polynomial for e^r (the series of Taylor to r^7 is short of it by
 * less than 6e-9). 0 below -103.97, infinity above 88.73, NaN stays NaN.
 */
export function exp4(x: v128): v128 {
  const limited = f32x4.pmax(f32x4.splat(-104), f32x4.pmin(f32x4.splat(89), x));
  const n = f32x4.nearest(f32x4.mul(limited, f32x4.splat(LOG2E)));
  let r = f32x4.sub(limited, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let p = f32x4.splat(1.0 / 5040);
  p = madd(p, r, f32x4.splat(1.0 / 720));
  p = madd(p, r, f32x4.splat(1.0 / 120));
  p = madd(p, r, f32x4.splat(1.0 / 24));
  p = madd(p, r, f32x4.splat(1.0 / 6));
  p = madd(p, r, f32x4.splat(0.5));
  p = f32x4.add(madd(f32x4.mul(p, r), r, r), f32x4.splat(1));
  // 2^n in two factors, since n may be outside the exponents of normal numbers on either side.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  const bias = i32x4.splat(127);
  const low = i32x4.shl(i32x4.add(half, bias), 23);
  const high = i32x4.shl(i32x4.add(i32x4.sub(whole, half), bias), 23);
  const y = f32x4.mul(f32x4.mul(p, low), high);
  return v128.bitselect(y, x, f32x4.eq(x, x));
}

/**
 * Natural logarithm: x = 2^n m with m from sqrt(1/2) to sqrt(2), and ln m = 2 artanh(s), s = (m - 1) / (m + 1), by
 * its series to s^9 (short of it by less than 2e-9). -infinity at 0, NaN below.
 */
export function log4(x: v128): v128 {
  // Numbers too small to be normal are made larger first.
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  // Bits of m and n: the exponent is counted from sqrt(1/2), 0x3f3504f3.
  const shifted = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const n = i32x4.shr_s(shifted, 23);
  const m = i32x4.add(v128.and(shifted, i32x4.splat(0x007fffff)), i32x4.splat(0x3f3504f3));
  const exponent = f32x4.convert_i32x4_s(i32x4.sub(n, v128.and(tiny, i32x4.splat(23))));
  const f = f32x4.sub(m, f32x4.splat(1));
  const s = f32x4.div(f, f32x4.add(f, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  let p = f32x4.splat(2.0 / 9);
  p = madd(p, z, f32x4.splat(2.0 / 7));
  p = madd(p, z, f32x4.splat(2.0 / 5));
  p = madd(p, z, f32x4.splat(2.0 / 3));
  // ln m = 2 s + s z p, where 2 s = f - s f keeps the digits of f.
  const rest = f32x4.mul(s, f32x4.sub(f32x4.mul(z, p), f));
  const y = f32x4.add(
    f32x4.mul(exponent, f32x4.splat(LN2_HIGH)),
    f32x4.add(f, f32x4.add(rest, f32x4.mul(exponent, f32x4.splat(LN2_LOW)))),
  );
  const infinity = f32x4.splat(Infinity);
  const zero = f32x4.splat(0);
  let out = v128.bitselect(infinity, y, f32x4.eq(x, infinity));
  out = v128.bitselect(f32x4.neg(infinity), out, f32x4.eq(x, zero));
  return v128.bitselect(out, f32x4.splat(NaN), f32x4.ge(x, zero));
}
