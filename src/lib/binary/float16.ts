/*
 * IEEE 754 binary16: a sign, 5 bits of exponent and 10 of fraction. Browsers have a Float16Array only since 2025.
 */

/** Smallest number with all 11 significant bits, and the distance of those below it. */
const SMALLEST_NORMAL = 2 ** -14;
const SUBNORMAL_STEP = 2 ** -24;
/** From here on numbers are rounded to infinity: the largest one, 65504, and half a step. */
const OVERFLOW = 65_520;

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest 16-bit float, of two equally near ones the even one; its 16 bits. */
export function toFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= OVERFLOW) return sign | 0x7c00;
  if (size < SMALLEST_NORMAL) return sign | roundToEven(size / SUBNORMAL_STEP);
  float[0] = size;
  const exponent = ((bits[0] ?? 0) >>> 23) - 127;
  // 1024 to 2048: a carry out of the fraction raises the exponent, as it should.
  return sign | (((exponent + 14) << 10) + roundToEven((size / 2 ** exponent) * 1024));
}

/** The number that 16 bits stand for. */
export function fromFloat16(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * SUBNORMAL_STEP;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

export const toFloat16Array = (values: Float32Array): Uint16Array<ArrayBuffer> =>
  Uint16Array.from(values, toFloat16);

export const fromFloat16Array = (halves: Uint16Array): Float32Array<ArrayBuffer> =>
  Float32Array.from(halves, fromFloat16);

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
