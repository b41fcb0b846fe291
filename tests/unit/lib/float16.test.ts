import { describe, expect, it } from 'vitest';
import { fromFloat16, fromFloat16Array, toFloat16, toFloat16Array } from '../../../src/lib/binary/float16.ts';
import { createRandom } from '../../../src/lib/random.ts';

/** All 16-bit floats that are not negative and finite, from the definition of binary16. */
const halves = Array.from({ length: 0x7c00 }, (_, bits) => {
  const [exponent, fraction] = [bits >> 10, bits & 0x3ff];
  return exponent === 0 ? (fraction / 1024) * 2 ** -14 : (1 + fraction / 1024) * 2 ** (exponent - 15);
});

describe('16-bit floats', () => {
  it('are read as they are defined, and written back as the same bits', () => {
    const wrong = halves.filter(
      (value, bits) =>
        fromFloat16(bits) !== value ||
        fromFloat16(bits | 0x8000) !== -value ||
        toFloat16(value) !== bits ||
        toFloat16(-value) !== (bits | 0x8000),
    );
    expect(wrong).toEqual([]);
  });

  it('are the nearest ones, of two equally near the even one', () => {
    const random = createRandom(3);
    for (let i = 0; i < 20_000; i++) {
      const bits = random.below(0x7bff);
      const [low, high] = [halves[bits] ?? 0, halves[bits + 1] ?? 0];
      const value = low + (high - low) * random.next();
      const nearer = value - low < high - value ? bits : bits + 1;
      if (value - low !== high - value) expect(toFloat16(value)).toBe(nearer);
      expect(toFloat16((low + high) / 2)).toBe(bits % 2 === 0 ? bits : bits + 1);
    }
  });

  it('hold infinity, NaN, and what is too large as infinity', () => {
    expect(fromFloat16(toFloat16(65_519))).toBe(65_504);
    expect(fromFloat16(toFloat16(65_520))).toBe(Number.POSITIVE_INFINITY);
    expect(fromFloat16(toFloat16(-1e9))).toBe(Number.NEGATIVE_INFINITY);
    expect(fromFloat16(toFloat16(Number.NaN))).toBeNaN();
    expect(toFloat16(2 ** -25)).toBe(0); // half of the smallest one: the even one is 0
    expect(toFloat16(1.01 * 2 ** -25)).toBe(1);
  });

  it('come in rows', () => {
    const given = Float32Array.of(1, -0.5, 1 / 3);
    expect([...toFloat16Array(given)]).toEqual([0x3c00, 0xb800, 0x3555]);
    expect([...fromFloat16Array(toFloat16Array(given))]).toEqual([1, -0.5, 0.333251953125]);
  });
});
