import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectSame, normalTensors } from './against.ts';

type Pad =
  | 'same'
  | 'valid'
  | number
  | [[number, number], [number, number], [number, number], [number, number]];

const normal = normalTensors(17);

/** B, H, W, Cin, Cout, kernel, stride, padding. */
const cases: readonly (readonly [number, number, number, number, number, number, number, Pad])[] = [
  [1, 1, 1, 1, 1, 1, 1, 'same'],
  [2, 7, 5, 3, 5, 1, 1, 'valid'],
  [3, 9, 9, 8, 64, 1, 1, 'same'],
  [2, 13, 11, 64, 130, 1, 1, 'valid'],
  [1, 9, 9, 130, 17, 1, 1, 'same'],
  [2, 8, 8, 4, 4, 1, 2, 'valid'],
  [2, 13, 13, 3, 16, 3, 2, 'same'],
  [1, 12, 10, 3, 7, 3, 1, 'same'],
  [2, 11, 9, 8, 12, 3, 1, 'valid'],
  [
    2,
    10,
    12,
    16,
    20,
    3,
    2,
    [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ],
  ],
  [1, 7, 7, 17, 9, 5, 1, 'same'],
  [1, 9, 8, 4, 6, 2, 3, 'valid'],
  [2, 7, 7, 5, 8, 7, 1, 'valid'],
  [1, 6, 6, 2, 3, 3, 1, 2],
];

describe.each(
  cases,
)('%i x %i x %i x %i to %i, kernel %i, stride %i, %j', (b, h, w, cin, cout, k, stride, pad) => {
  const x = normal([b, h, w, cin]);
  const filter = normal([k, k, cin, cout]);
  const forward = (input: tf.Tensor, kernel: tf.Tensor): tf.Tensor4D =>
    tf.conv2d(input as tf.Tensor4D, kernel as tf.Tensor4D, stride, pad);

  it('the convolution', () => expectSame(() => [forward(x(), filter())]));

  const out = tf.backend_util.computeConv2DInfo([b, h, w, cin], [k, k, cin, cout], stride, 1, pad as 'same');
  const weight = normal([out.outShape.reduce((product, size) => product * size, 1)]);
  it('both gradients', () =>
    expectSame(() => {
      const weights = weight();
      const loss = (input: tf.Tensor, kernel: tf.Tensor): tf.Scalar =>
        tf.sum(tf.mul(tf.reshape(forward(input, kernel), [-1]), weights));
      return tf.grads(loss)([x(), filter()]);
    }));

  it.each(['prelu'] as const)('with bias and %s', (activation) => {
    const [bias, slopes] = [normal([cout]), normal([cout])];
    return expectSame(() => [
      tf.fused.conv2d({
        x: x() as tf.Tensor4D,
        filter: filter() as tf.Tensor4D,
        strides: stride,
        pad,
        bias: bias(),
        activation,
        ...(activation === 'prelu' && { preluActivationWeights: slopes() }),
      }),
    ]);
  });
});

describe('products of matrices', () => {
  it.each([
    [1, 1, 1],
    [5, 7, 3],
    [64, 64, 64],
    [65, 130, 66],
    [8, 100, 512],
    [3, 10, 5000],
    [100, 64, 36],
  ])('%i x %i by %i', async (m, n, k) => {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const a = normal(transposeA ? [k, m] : [m, k]);
        const b = normal(transposeB ? [n, k] : [k, n]);
        await expectSame(() => [tf.matMul(a(), b(), transposeA, transposeB)]);
      }
    }
  });

  it('of stacks', () => {
    const [a, b] = [normal([3, 5, 7]), normal([3, 7, 4])];
    return expectSame(() => [tf.matMul(a(), b())]);
  });
});
