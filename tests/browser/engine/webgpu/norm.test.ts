import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { batchNormTraining } from '../../../../src/engine/ops/batch-norm.ts';
import { startBackend } from '../../../../src/engine/selection/start-backend.ts';
import { createRandom } from '../../../../src/lib/random.ts';
import { apart, expectSame } from './against.ts';

const random = createRandom(23);
const drawn = (count: number, mean = 0, deviation = 1): Float32Array =>
  Float32Array.from({ length: count }, () => mean + deviation * random.normal());
const EPSILON = 1e-3;

interface Case {
  readonly shape: number[];
  readonly prelu: boolean;
}
const cases: readonly Case[] = [
  { shape: [1, 1], prelu: false },
  { shape: [2, 3], prelu: true },
  { shape: [63, 4], prelu: true },
  { shape: [65, 7], prelu: false },
  { shape: [2, 7, 9, 64], prelu: true },
  { shape: [3, 8, 8, 130], prelu: true },
  { shape: [4, 40, 30, 5], prelu: true },
];

/** y, mean, variance, the moved averages, and the gradients of sum(y w) for all that there is. */
function everything({ shape, prelu }: Case): () => tf.Tensor[] {
  const channels = shape.at(-1) ?? 1;
  const count = shape.reduce((a, b) => a * b, 1);
  const [x, w] = [drawn(count, 0.5, 2), drawn(count)];
  const [gamma, beta, alpha] = [drawn(channels), drawn(channels), drawn(channels, 0.2, 0.1)];
  return () => {
    const moving = {
      mean: tf.variable(tf.ones([channels]), false),
      variance: tf.variable(tf.fill([channels], 3), false),
      momentum: 0.9,
    };
    const inputs = [tf.tensor(x, shape), tf.tensor1d(gamma), tf.tensor1d(beta), tf.tensor1d(alpha)];
    const [xs, scale, shift, slopes] = inputs;
    if (!xs || !scale || !shift || !slopes) throw new Error('not drawn');
    const made = batchNormTraining(xs, scale, shift, prelu ? slopes : null, EPSILON, moving);
    const loss = (...given: tf.Tensor[]): tf.Scalar => {
      const [a, b, c, d] = given;
      if (!a || !b || !c) throw new Error('not given');
      return tf.sum(tf.mul(batchNormTraining(a, b, c, d ?? null, EPSILON).y, tf.tensor(w, shape)));
    };
    const gradients = tf.grads(loss)(prelu ? inputs : inputs.slice(0, 3));
    return [made.y, made.mean, made.variance, moving.mean, moving.variance, ...gradients];
  };
}

describe('batch-norm in training', () => {
  it.each(cases)('$shape, PReLU: $prelu', (one) => expectSame(everything(one), 2e-5));

  it('keeps its digits where the mean is large', async () => {
    await startBackend('webgpu');
    const [rows, channels] = [500, 6];
    const x = drawn(rows * channels, 1000, 1);
    const { y, variance } = batchNormTraining(
      tf.tensor2d(x, [rows, channels]),
      tf.ones([channels]),
      tf.zeros([channels]),
      null,
      EPSILON,
    );
    const rightVariance = new Float64Array(channels);
    const rightY = new Float64Array(rows * channels);
    for (let c = 0; c < channels; c++) {
      const column = Array.from({ length: rows }, (_, r) => x[r * channels + c] ?? 0);
      const mean = column.reduce((a, b) => a + b, 0) / rows;
      rightVariance[c] = column.reduce((a, b) => a + (b - mean) ** 2, 0) / rows;
      column.forEach((value, r) => {
        rightY[r * channels + c] = (value - mean) / Math.sqrt((rightVariance[c] ?? 0) + EPSILON);
      });
    }
    // 32-bit numbers near 1000 are 6e-5 apart, so a mean cannot be nearer than that.
    expect(apart(await variance.data(), rightVariance)).toBeLessThan(1e-5);
    expect(apart(await y.data(), rightY)).toBeLessThan(1e-4);
  });

  it.each([
    ['a convolution', 3, 66],
    ['a 1x1 convolution', 1, 64],
    ['a depthwise convolution', 3, 0],
  ] as const)('takes the statistics that %s left', (_, kernel, filters) => {
    const channels = 36;
    const out = filters || channels;
    const x = drawn(2 * 11 * 9 * channels);
    const filter = drawn(kernel * kernel * channels * (filters || 1));
    const w = drawn(2 * 11 * 9 * out);
    return expectSame(() => {
      const loss = (picture: tf.Tensor, taps: tf.Tensor): tf.Scalar => {
        const convolved = filters
          ? tf.conv2d(picture as tf.Tensor4D, taps as tf.Tensor4D, 1, 'same')
          : tf.depthwiseConv2d(picture as tf.Tensor4D, taps as tf.Tensor4D, 1, 'same');
        const { y } = batchNormTraining(convolved, tf.ones([out]), tf.zeros([out]), null, EPSILON);
        return tf.sum(tf.mul(y, tf.tensor(w, y.shape)));
      };
      const given = [
        tf.tensor(x, [2, 11, 9, channels]),
        tf.tensor(filter, [kernel, kernel, channels, filters || 1]),
      ];
      return tf.grads(loss)(given);
    }, 2e-5);
  });
});
