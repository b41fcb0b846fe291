import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { expectSame, normalTensors } from './against.ts';

type Pad = 'same' | 'valid' | number;

const normal = normalTensors(19);

/** B, H, W, C, kernel, stride, padding. */
const cases: readonly (readonly [number, number, number, number, number, number, Pad])[] = [
  [1, 1, 1, 1, 1, 1, 'same'],
  [2, 7, 5, 3, 3, 1, 'same'],
  [2, 15, 13, 4, 3, 2, 'same'],
  [1, 14, 12, 64, 3, 2, 'same'],
  [3, 7, 7, 36, 7, 1, 'valid'],
  [2, 9, 10, 7, 5, 1, 'same'],
  [1, 11, 8, 33, 3, 3, 'valid'],
  [2, 6, 6, 8, 3, 1, 2],
];

describe.each(cases)('%i x %i x %i x %i, kernel %i, stride %i, %s', (b, h, w, c, k, stride, pad) => {
  const x = normal([b, h, w, c]);
  const filter = normal([k, k, c, 1]);
  const forward = (input: tf.Tensor, kernel: tf.Tensor): tf.Tensor4D =>
    tf.depthwiseConv2d(input as tf.Tensor4D, kernel as tf.Tensor4D, stride, pad);
  const out = tf.backend_util.computeConv2DInfo([b, h, w, c], [k, k, c, 1], stride, 1, pad, undefined, true);
  const weight = normal([out.outShape.reduce((product, size) => product * size, 1)]);

  it('the convolution and both gradients', () =>
    expectSame(() => {
      const weights = weight();
      const loss = (input: tf.Tensor, kernel: tf.Tensor): tf.Scalar =>
        tf.sum(tf.mul(tf.reshape(forward(input, kernel), [-1]), weights));
      return [forward(x(), filter()), ...tf.grads(loss)([x(), filter()])];
    }));

  it('with bias and PReLU', () => {
    const [bias, slopes] = [normal([c]), normal([c])];
    return expectSame(() => [
      tf.fused.depthwiseConv2d({
        x: x() as tf.Tensor4D,
        filter: filter() as tf.Tensor4D,
        strides: stride,
        pad,
        bias: bias(),
        activation: 'prelu',
        preluActivationWeights: slopes(),
      }),
    ]);
  });
});

it('two filters a channel', () => {
  const [x, filter] = [normal([1, 5, 5, 3]), normal([3, 3, 3, 2])];
  return expectSame(() => [tf.depthwiseConv2d(x() as tf.Tensor4D, filter() as tf.Tensor4D, 1, 'same')]);
});
