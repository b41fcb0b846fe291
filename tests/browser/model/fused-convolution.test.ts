import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { fuseConvolutions } from '../../../src/model/backbones/shared/fused-convolution.ts';

beforeAll(() => startBackend('simd'));

const noise = (scale: number) => tfl.initializers.randomUniform({ minval: -scale, maxval: scale, seed: 5 });
const common = { padding: 'same', useBias: true, biasInitializer: noise(0.5) } as const;
const conv = (name: string, kernelSize: number): tfl.layers.Layer =>
  tfl.layers.conv2d({ name, filters: 6, kernelSize, kernelInitializer: noise(0.5), ...common });
const depthwise = (name: string): tfl.layers.Layer =>
  tfl.layers.depthwiseConv2d({ name, kernelSize: 3, depthwiseInitializer: noise(0.5), ...common });
const prelu = (name: string): tfl.layers.Layer =>
  tfl.layers.prelu({ name, sharedAxes: [1, 2], alphaInitializer: noise(0.4) });

/** Convolutions with PReLU, with ReLU, with nothing, and one that is read twice. */
function network(): tfl.LayersModel {
  const image = tfl.input({ shape: [9, 7, 3] });
  const through = (x: tfl.SymbolicTensor, ...layers: tfl.layers.Layer[]): tfl.SymbolicTensor =>
    layers.reduce((value, layer) => layer.apply(value) as tfl.SymbolicTensor, x);
  const first = through(image, conv('a', 3), prelu('a_prelu'), depthwise('b'), prelu('b_prelu'));
  const twice = through(first, conv('c', 1));
  const left = through(twice, prelu('c_prelu'), conv('d', 1), tfl.layers.reLU({ name: 'd_relu' }));
  const sum = tfl.layers.add({ name: 'sum' }).apply([left, twice]) as tfl.SymbolicTensor;
  return tfl.model({ inputs: image, outputs: through(sum, depthwise('e')) });
}

it('computes the activation behind a convolution with it, to the same numbers and gradients', async () => {
  const [ordinary, fused] = [network(), network()];
  fused.setWeights(ordinary.getWeights());
  fuseConvolutions(fused);
  const x = tf.randomNormal<tf.Rank.R4>([2, 9, 7, 3], 0, 1, 'float32', 3);
  const run = (model: tfl.LayersModel): tf.Tensor => model.apply(x, { training: false }) as tf.Tensor;
  const [want, got] = [run(ordinary), run(fused)];
  expect([...got.dataSync()]).toEqual([...want.dataSync()]);

  const counted = async (model: tfl.LayersModel, kernel: string): Promise<number> =>
    (await tf.profile(() => run(model))).kernels.filter(({ name }) => name === kernel).length;
  expect([await counted(ordinary, 'Prelu'), await counted(ordinary, 'Relu')]).toEqual([3, 1]);
  // Left is the PReLU behind a convolution that something else reads, too.
  expect([await counted(fused, 'Prelu'), await counted(fused, 'Relu')]).toEqual([1, 0]);

  const gradients = (model: tfl.LayersModel): number[][] => {
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { grads } = tf.variableGrads(() => tf.sum(tf.square(run(model))), variables);
    return variables.map(({ name }) => [...(grads[name]?.dataSync() ?? [])]);
  };
  const expected = gradients(ordinary);
  expect(expected.every((numbers) => numbers.length > 0 && numbers.some((n) => n !== 0))).toBe(true);
  expect(gradients(fused)).toEqual(expected);
});

it('is an ordinary network again once it is saved', async () => {
  const fused = network();
  const plain = JSON.stringify(network().toJSON(null, false)).length;
  fuseConvolutions(fused);
  expect(JSON.stringify(fused.toJSON(null, false)).length).toBe(plain);
});
