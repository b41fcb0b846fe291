import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimd } from '../../../../src/engine/simd/start.ts';
import { WAYS } from './ways.ts';

/**
 * What moves numbers about, or compares and chooses, against its definition, place by place: exact, so that one number
 * in a wrong place is seen. The shapes are odd, larger than a work item of the kernel, or of one number.
 */

type Shape = readonly number[];
const size = (shape: Shape): number => shape.reduce((a, b) => a * b, 1);

/** Indices of place `i` in a tensor of `shape`, and back. */
function indices(i: number, shape: Shape): number[] {
  const found: number[] = [];
  let left = i;
  for (const length of [...shape].reverse()) {
    found.unshift(left % length);
    left = Math.floor(left / length);
  }
  return found;
}
const placeOf = (index: Shape, shape: Shape): number =>
  shape.reduce((place, length, axis) => place * length + (index[axis] ?? 0), 0);

/** Whole numbers, each another one. */
const counted = (shape: Shape, dtype: 'float32' | 'int32' = 'float32'): tf.Tensor =>
  tf.reshape(tf.range(1, size(shape) + 1, 1, dtype), [...shape]);

/** Compares with what `from` says for each place: a place of the input, or a number below 0 for `else`. */
function expectMoved(got: tf.Tensor, shape: Shape, from: (index: number[]) => number, otherwise = 0): void {
  expect(got.shape).toEqual(shape);
  const values = got.dataSync();
  const wrong = Array.from(values).findIndex((value, i) => {
    const place = from(indices(i, shape));
    return value !== (place < 0 ? otherwise : place + 1);
  });
  expect(wrong, `place ${wrong} of [${shape}] is ${values[wrong]}`).toBe(-1);
}

const TRANSPOSED: readonly (readonly [shape: Shape, perm: number[]])[] = [
  [
    [5, 7],
    [1, 0],
  ],
  [
    [130, 67],
    [1, 0],
  ],
  [
    [3, 4, 5],
    [2, 0, 1],
  ],
  [
    [3, 4, 5],
    [0, 2, 1],
  ],
  [
    [2, 9, 6, 10],
    [0, 3, 1, 2],
  ],
  [
    [2, 9, 6, 10],
    [3, 1, 0, 2],
  ],
  [
    [2, 3, 2, 3, 2, 5],
    [5, 3, 1, 0, 2, 4],
  ],
  [
    [4, 1, 6],
    [1, 2, 0],
  ],
  [
    [9000, 3],
    [1, 0],
  ],
];

const SLICED: readonly (readonly [shape: Shape, begin: number[], size: number[]])[] = [
  [[10], [3], [4]],
  [
    [6, 9],
    [1, 2],
    [4, 5],
  ],
  [
    [3, 5, 6, 7],
    [1, 0, 2, 3],
    [2, 5, 3, 4],
  ],
  [[30_000], [11], [20_001]],
  [
    [5, 6],
    [0, 2],
    [-1, 3],
  ],
];

const PADDED: readonly (readonly [shape: Shape, paddings: [number, number][]])[] = [
  [[5], [[2, 3]]],
  [
    [2, 5, 4, 3],
    [
      [0, 0],
      [1, 2],
      [2, 1],
      [0, 0],
    ],
  ],
  [
    [3, 7],
    [
      [0, 0],
      [0, 5],
    ],
  ],
];

describe.each(WAYS)('simd with %s', (_, options) => {
  beforeAll(async () => {
    await startSimd(options);
    await tf.setBackend('simd');
  });
  afterAll(() => tf.removeBackend('simd'));

  it.each(['float32', 'int32'] as const)('transposes %s', (dtype) => {
    for (const [shape, perm] of TRANSPOSED) {
      tf.tidy(() => {
        const out = perm.map((axis) => shape[axis] ?? 0);
        expectMoved(tf.transpose(counted(shape, dtype), perm), out, (index) => {
          const own = shape.map((_length, axis) => index[perm.indexOf(axis)] ?? 0);
          return placeOf(own, shape);
        });
      });
    }
  });

  it('slices', () => {
    for (const [shape, begin, length] of SLICED) {
      tf.tidy(() => {
        const out = length.map((n, axis) => (n < 0 ? (shape[axis] ?? 0) - (begin[axis] ?? 0) : n));
        expectMoved(tf.slice(counted(shape), begin, length), out, (index) =>
          placeOf(
            index.map((i, axis) => i + (begin[axis] ?? 0)),
            shape,
          ),
        );
      });
    }
    expect(() => tf.slice(counted([4]), [2], [3])).toThrow();
  });

  it('pads', () => {
    for (const [shape, paddings] of PADDED) {
      tf.tidy(() => {
        const out = shape.map((n, axis) => n + (paddings[axis]?.[0] ?? 0) + (paddings[axis]?.[1] ?? 0));
        const inside = (index: number[]): number => {
          const own = index.map((i, axis) => i - (paddings[axis]?.[0] ?? 0));
          return own.every((i, axis) => i >= 0 && i < (shape[axis] ?? 0)) ? placeOf(own, shape) : -1;
        };
        expectMoved(tf.pad(counted(shape), paddings, -7), out, inside, -7);
      });
    }
  });

  it.each([0, 1, 2])('joins and cuts on axis %i', (axis) => {
    tf.tidy(() => {
      const shape = [3, 4, 5].map((n, i) => (i === axis ? 7 : n));
      const whole = counted(shape);
      const parts = tf.split(whole, [1, 4, 2], axis);
      expect(parts.map((part) => part.shape[axis])).toEqual([1, 4, 2]);
      let start = 0;
      for (const part of parts) {
        const before = start;
        expectMoved(part, part.shape, (index) =>
          placeOf(
            index.map((i, at) => (at === axis ? i + before : i)),
            shape,
          ),
        );
        start += part.shape[axis] ?? 0;
      }
      expectMoved(tf.concat(parts, axis), shape, (index) => placeOf(index, shape));
      const slices = tf.unstack(whole, axis);
      expect(slices.length).toBe(7);
      expectMoved(slices[2] ?? whole, shape.toSpliced(axis, 1), (index) =>
        placeOf(index.toSpliced(axis, 0, 2), shape),
      );
      expectMoved(tf.stack(slices, axis), shape, (index) => placeOf(index, shape));
    });
  });

  it('joins what is empty or whole numbers', () => {
    tf.tidy(() => {
      const joined = tf.concat([tf.tensor2d([], [0, 2]), tf.tensor2d([[1, 2]]), tf.tensor2d([[3, 4]])], 0);
      expect([...joined.dataSync()]).toEqual([1, 2, 3, 4]);
      const whole = tf.concat([counted([3], 'int32'), counted([2], 'int32')]);
      expect([whole.dtype, ...whole.dataSync()]).toEqual(['int32', 1, 2, 3, 1, 2]);
    });
  });

  it('repeats and turns round', () => {
    tf.tidy(() => {
      const shape = [2, 3, 4];
      expectMoved(tf.tile(counted(shape), [3, 1, 2]), [6, 3, 8], ([a = 0, b = 0, c = 0]) =>
        placeOf([a % 2, b, c % 4], shape),
      );
      expectMoved(tf.reverse(counted(shape), [0, 2]), shape, ([a = 0, b = 0, c = 0]) =>
        placeOf([1 - a, b, 3 - c], shape),
      );
      expectMoved(tf.broadcastTo(counted([3, 1]), [2, 3, 5]), [2, 3, 5], ([, b = 0]) => b);
    });
  });

  it('gathers, and adds what was scattered', () => {
    for (const [shape, axis] of [
      [[6, 5], 0],
      [[3, 7, 5], 1],
      [[4, 9], 1],
      [[2000, 130], 0],
    ] as const) {
      tf.tidy(() => {
        const length = shape[axis] ?? 1;
        const chosen = Int32Array.from({ length: 11 }, (_i, i) => (i * 5 + 3) % length);
        const out = shape.map((n, i) => (i === axis ? 11 : n));
        expectMoved(tf.gather(counted(shape), tf.tensor1d(chosen, 'int32'), axis), out, (index) =>
          placeOf(
            index.map((i, at) => (at === axis ? (chosen[i] ?? 0) : i)),
            shape,
          ),
        );
      });
    }
    for (const inner of [1, 5, 130]) {
      tf.tidy(() => {
        const ids = [2, 0, 2, -1, 4, 9, 2];
        const x = counted([7, inner]);
        const got = tf.unsortedSegmentSum(x, tf.tensor1d(ids, 'int32'), 5).dataSync();
        const right = new Float64Array(5 * inner);
        ids.forEach((id, row) => {
          for (let c = 0; c < inner; c++) {
            if (id >= 0 && id < 5) right[id * inner + c] = (right[id * inner + c] ?? 0) + row * inner + c + 1;
          }
        });
        expect([...got]).toEqual([...right]);
      });
    }
  });

  it('compares and chooses', () => {
    const operations = [
      [tf.greater, (a: number, b: number) => a > b],
      [tf.greaterEqual, (a: number, b: number) => a >= b],
      [tf.less, (a: number, b: number) => a < b],
      [tf.lessEqual, (a: number, b: number) => a <= b],
      [tf.equal, (a: number, b: number) => a === b],
      [tf.notEqual, (a: number, b: number) => a !== b],
    ] as const;
    const values = Float32Array.from({ length: 5003 }, (_i, i) => [1, -2, Number.NaN, 0, 3, -0][i % 6] ?? 0);
    const others = Float32Array.from(
      { length: 5003 },
      (_i, i) => [1, 2, 0, -1, Number.NaN, 0, 7][i % 7] ?? 0,
    );
    for (const [operation, definition] of operations) {
      tf.tidy(() => {
        const [a, b] = [tf.tensor1d(values), tf.tensor1d(others)];
        const truths = operation(a, b);
        expect(truths.dtype).toBe('bool');
        const right = Array.from(values, (value, i) => definition(value, others[i] ?? 0));
        expect([...truths.dataSync()].map(Boolean)).toEqual(right);
        const chosen = tf.where(truths, a, b).dataSync();
        expect([...chosen]).toEqual(right.map((truth, i) => (truth ? values[i] : others[i])));
        expect([...tf.cast(truths, 'float32').dataSync()]).toEqual(right.map(Number));
        expect([...tf.logicalNot(truths).dataSync()].map(Boolean)).toEqual(right.map((truth) => !truth));
      });
    }
    tf.tidy(() => {
      const rows = tf.greater(
        tf.tensor2d([
          [1, 2, 3],
          [4, 5, 6],
        ]),
        tf.tensor2d([[2], [4]]),
      );
      expect([...rows.dataSync()]).toEqual([0, 0, 1, 0, 1, 1]);
      const part = tf.slice(rows, [0, 1], [2, 2]);
      rows.dispose();
      expect([...part.dataSync()]).toEqual([0, 1, 1, 1]);
    });
  });

  it('casts numbers', () => {
    tf.tidy(() => {
      const floats = tf.tensor1d([1.9, -1.9, 0, 7, -0.5, 2 ** 24]);
      expect([...tf.cast(floats, 'int32').dataSync()]).toEqual([1, -1, 0, 7, 0, 2 ** 24]);
      expect([...tf.cast(counted([5001], 'int32'), 'float32').dataSync()].at(-1)).toBe(5001);
    });
  });

  it.each([
    [false, false],
    [true, false],
    [false, true],
  ])('resizes (corners aligned: %s, half pixels: %s)', (alignCorners, halfPixels) => {
    for (const [H, W, C, outH, outW] of [
      [5, 7, 3, 9, 4],
      [4, 4, 1, 8, 8],
      [6, 5, 17, 3, 11],
      [3, 3, 4, 1, 1],
    ] as const) {
      tf.tidy(() => {
        const x = Float32Array.from({ length: 2 * H * W * C }, (_i, i) => Math.sin(i * 1.7));
        const made = tf.image.resizeBilinear(
          tf.tensor4d(x, [2, H, W, C]),
          [outH, outW],
          alignCorners,
          halfPixels,
        );
        const got = made.dataSync();
        const shift = halfPixels ? 0.5 : 0;
        const source = (i: number, from: number, to: number): number => {
          const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
          return Math.min(from - 1, Math.max(0, (i + shift) * scale - shift));
        };
        let worst = 0;
        got.forEach((value, i) => {
          const [b = 0, row = 0, column = 0, c = 0] = indices(i, [2, outH, outW, C]);
          const [y, z] = [source(row, H, outH), source(column, W, outW)];
          let right = 0;
          for (const [at, share] of [
            [Math.floor(y), 1 - (y % 1)],
            [Math.ceil(y), y % 1],
          ] as const) {
            for (const [to, part] of [
              [Math.floor(z), 1 - (z % 1)],
              [Math.ceil(z), z % 1],
            ] as const) {
              right += share * part * (x[placeOf([b, at, to, c], [2, H, W, C])] ?? 0);
            }
          }
          worst = Math.max(worst, Math.abs(value - right));
        });
        expect(worst).toBeLessThan(2e-6);
      });
    }
  });

  it.each([1, 3, 17])('looks through a map, %i channels', (C) => {
    const [H, W, outH, outW] = [9, 7, 8, 11];
    const maps = [
      [0.8, 0.3, -1, -0.2, 0.9, 1.5, 0, 0],
      [1.1, 0, 2, 0.1, 1, -2, 0.01, -0.02],
    ];
    for (const given of [maps, maps.slice(0, 1)]) {
      tf.tidy(() => {
        const x = Float32Array.from({ length: 2 * H * W * C }, (_i, i) => Math.sin(i * 1.7));
        const got = tf.image
          .transform(tf.tensor4d(x, [2, H, W, C]), tf.tensor2d(given), 'bilinear', 'constant', -3, [
            outH,
            outW,
          ])
          .dataSync();
        let worst = 0;
        got.forEach((value, i) => {
          const [b = 0, y = 0, z = 0, c = 0] = indices(i, [2, outH, outW, C]);
          const [a0 = 0, a1 = 0, a2 = 0, b0 = 0, b1 = 0, b2 = 0, c0 = 0, c1 = 0] =
            given[b % given.length] ?? [];
          const k = c0 * z + c1 * y + 1;
          const [atX, atY] = [(a0 * z + a1 * y + a2) / k, (b0 * z + b1 * y + b2) / k];
          const pixel = (row: number, column: number): number =>
            row >= 0 && row < H && column >= 0 && column < W
              ? (x[placeOf([b, row, column, c], [2, H, W, C])] ?? 0)
              : -3;
          const [left, top] = [Math.floor(atX), Math.floor(atY)];
          const row = (r: number): number =>
            pixel(r, left) * (1 - (atX - left)) + pixel(r, left + 1) * (atX - left);
          const right = row(top) * (1 - (atY - top)) + row(top + 1) * (atY - top);
          worst = Math.max(worst, Math.abs(value - right));
        });
        expect(worst).toBeLessThan(1e-5);
      });
    }
  });
});
