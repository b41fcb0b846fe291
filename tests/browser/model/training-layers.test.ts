import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import type { BackendName } from '../../../src/config/training-config.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { present } from '../../../src/lib/assert.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { dropout } from '../../../src/model/backbones/shared/dropout.ts';
import { fusePadding } from '../../../src/model/backbones/shared/fused-padding.ts';
import { normalise } from '../../../src/model/backbones/shared/layers.ts';

describe('the layers that are computed otherwise in training', () => {
  /** A norm with ReLU, a padded convolution of stride 2, and a norm whose gamma is not trained; plain, or ours. */
  const network = (fused: boolean): tfl.LayersModel => {
    const input = tfl.input({ shape: [9, 8, 3] });
    const epsilon = 1e-5;
    const apply = (layer: tfl.layers.Layer, x: tfl.SymbolicTensor) => layer.apply(x) as tfl.SymbolicTensor;
    const padding = tfl.layers.zeroPadding2d({ padding: 1 });
    const convolution = tfl.layers.conv2d({
      filters: 5,
      kernelSize: 3,
      strides: 2,
      padding: 'valid',
      useBias: false,
    });
    let x: tfl.SymbolicTensor = input;
    if (fused) x = normalise(x, { norm: 'one', relu: 'relu', epsilon });
    else {
      x = apply(tfl.layers.batchNormalization({ momentum: 0.9, epsilon, name: 'one' }), x);
      x = apply(tfl.layers.reLU({ name: 'relu' }), x);
    }
    x = apply(convolution, apply(padding, x));
    if (fused) {
      fusePadding(padding, convolution, 1, 2);
      x = normalise(x, { norm: 'two', epsilon, fixedScale: true });
    } else {
      const norm = tfl.layers.batchNormalization({ momentum: 0.9, epsilon, name: 'two' });
      x = apply(norm, x);
      const gamma = present(norm.weights[0], 'gamma');
      expect(gamma.originalName).toBe('two/gamma');
      gamma.trainable = false;
    }
    return tfl.model({ inputs: input, outputs: x });
  };

  it.each<[BackendName]>([
    ['cpu'],
    ['simd'],
    ['webgl'],
    ['webgpu'],
  ])('give what the layers of the library give, and their gradients, on %s', async (backend) => {
    await startBackend(backend);
    expect(tf.getBackend()).toBe(backend);
    const [plain, ours] = [network(false), network(true)];
    const random = createRandom(5);
    plain.setWeights(
      plain.getWeights().map(({ shape, size }) => {
        // Variances and slopes of norms are positive here.
        const low = shape.length === 4 ? -1 : 0.3;
        return tf.tensor(
          Float32Array.from({ length: size }, () => random.between(low, 1.2)),
          shape,
        );
      }),
    );
    ours.setWeights(plain.getWeights());
    const x = tf.randomNormal([3, 9, 8, 3], 0.2, 1, 'float32', 4);
    const factors = tf.randomNormal([3, 5, 4, 5], 0, 1, 'float32', 8);
    const resultsOf = async (model: tfl.LayersModel): Promise<Float32Array[]> => {
      const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const { value, grads } = tf.variableGrads(
        () => tf.sum<tf.Tensor<tf.Rank.R0>>(tf.mul(model.apply(x, { training: true }) as tf.Tensor, factors)),
        variables,
      );
      const gradients = variables.map(({ name }) => present(grads[name], name));
      const predicted = model.apply(x, { training: false }) as tf.Tensor;
      const results = [value, ...gradients, ...model.getWeights(), predicted];
      return Promise.all(results.map((tensor) => tensor.data<'float32'>()));
    };
    expect(ours.trainableWeights.map(({ originalName }) => originalName)).not.toContain('two/gamma');
    const [wanted, got] = [await resultsOf(plain), await resultsOf(ours)];
    expect(wanted.length).toBeGreaterThan(10);
    expect(got.length).toBe(wanted.length);
    wanted.forEach((values, n) => {
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
      values.forEach((value, i) => {
        expect(Math.abs((got[n]?.[i] ?? Number.NaN) - value) / largest, `number ${n}`).toBeLessThan(2e-5);
      });
    });
    expect(ours.layers.map((layer) => layer.getClassName())).toEqual(
      plain.layers.map((layer) => layer.getClassName()),
    );
  });

  it('dropout leaves out its share, others in each step and each layer, and the same again for a seed', async () => {
    await startBackend('simd');
    const build = (seed: number): tfl.LayersModel => {
      const random = createRandom(seed);
      const input = tfl.input({ shape: [4000] });
      const outputs = ['first', 'second'].map((name) => dropout(input, { name, rate: 0.3 }, random));
      return tfl.model({ inputs: input, outputs });
    };
    const ones = tf.ones([1, 4000]);
    const masks = (model: tfl.LayersModel, training = true): string[] =>
      (model.apply(ones, { training }) as tf.Tensor[]).map((mask) => mask.dataSync<'float32'>().join());
    const [model, same, other] = [build(1), build(1), build(2)];
    const drawn = [...masks(model), ...masks(model)];
    expect(new Set([...drawn, ...masks(other)]).size).toBe(6);
    expect([...masks(same), ...masks(same)]).toEqual(drawn);
    for (const mask of drawn) {
      const values = mask.split(',').map(Number);
      const kept = values.filter((value) => value !== 0);
      // Five standard deviations of a binomial share of 4000.
      expect(Math.abs(kept.length / 4000 - 0.7)).toBeLessThan(0.036);
      for (const value of kept) expect(value).toBeCloseTo(1 / 0.7, 5);
    }
    expect(new Set(masks(model, false))).toEqual(new Set([Array(4000).fill(1).join()]));
  });
});
