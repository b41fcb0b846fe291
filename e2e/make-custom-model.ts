import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../src/lib/random.ts';

const EDGE = 48;

interface LayerConfig {
  readonly name: string;
  readonly [key: string]: unknown;
}

/** Layers as Keras describes them, each behind the one in front of it. */
const layer = (class_name: string, config: LayerConfig, from: string | null) => ({
  class_name,
  config: { trainable: true, dtype: 'float32', ...config },
  name: config.name,
  inbound_nodes: from === null ? [] : [[[from, 0, 0, {}]]],
});

const conv = (name: string, filters: number, from: string) =>
  layer(
    'Conv2D',
    {
      ...{
        name,
        filters,
        kernel_size: [3, 3],
        strides: [2, 2],
        padding: 'same',
        data_format: 'channels_last',
      },
      ...{ dilation_rate: [1, 1], activation: 'relu', use_bias: true },
    },
    from,
  );

const dense = (name: string, units: number, activation: string, from: string) =>
  layer('Dense', { name, units, activation, use_bias: true }, from);

const LAYERS = [
  layer('InputLayer', { name: 'image', batch_input_shape: [null, EDGE, EDGE, 3], sparse: false }, null),
  conv('conv1', 8, 'image'),
  layer('BatchNormalization', { name: 'norm1', axis: 3, momentum: 0.99, epsilon: 0.001 }, 'conv1'),
  conv('conv2', 16, 'norm1'),
  layer('GlobalAveragePooling2D', { name: 'pool', data_format: 'channels_last' }, 'conv2'),
  dense('embedding', 32, 'linear', 'pool'),
  dense('predictions', 7, 'softmax', 'embedding'),
];

const WEIGHTS: readonly (readonly [name: string, shape: readonly number[]])[] = [
  ['conv1/kernel', [3, 3, 3, 8]],
  ['conv1/bias', [8]],
  ['norm1/gamma', [8]],
  ['norm1/beta', [8]],
  ['norm1/moving_mean', [8]],
  ['norm1/moving_variance', [8]],
  ['conv2/kernel', [3, 3, 8, 16]],
  ['conv2/bias', [16]],
  ['embedding/kernel', [16, 32]],
  ['embedding/bias', [32]],
  ['predictions/kernel', [32, 7]],
  ['predictions/bias', [7]],
];

/** Numbers as they may stand in an untrained layer: He's for kernels, 1 for factors, 0 for terms. */
function valuesOf(name: string, shape: readonly number[]): number[] {
  const size = shape.reduce((product, length) => product * length, 1);
  if (!name.endsWith('kernel')) return new Array<number>(size).fill(/gamma|variance/.test(name) ? 1 : 0);
  const random = createRandom(size);
  const deviation = Math.sqrt((2 * (shape.at(-1) ?? 1)) / size);
  return Array.from({ length: size }, () => random.normal() * deviation);
}

/**
 * Writes a small network in the form that tensorflowjs_converter gives a Keras model: model.json and two pieces of its
 * weights, cut in the middle of a layer. Returns their paths.
 */
export function writeKerasModel(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  const values = WEIGHTS.flatMap(([name, shape]) => valuesOf(name, shape));
  const bytes = Buffer.from(Float32Array.from(values).buffer);
  const pieces = ['group1-shard1of2.bin', 'group1-shard2of2.bin'];
  const description = {
    format: 'layers-model',
    generatedBy: 'keras v2.13.1',
    convertedBy: 'TensorFlow.js Converter v4.9.0',
    modelTopology: {
      keras_version: '2.13.1',
      backend: 'tensorflow',
      model_config: {
        class_name: 'Functional',
        config: {
          name: 'mobilenet_like',
          trainable: true,
          layers: LAYERS,
          input_layers: [['image', 0, 0]],
          output_layers: [['predictions', 0, 0]],
        },
      },
    },
    weightsManifest: [
      { paths: pieces, weights: WEIGHTS.map(([name, shape]) => ({ name, shape, dtype: 'float32' })) },
    ],
  };
  const files: [string, string | Buffer][] = [
    ['model.json', JSON.stringify(description)],
    [pieces[0] ?? '', bytes.subarray(0, 1000)],
    [pieces[1] ?? '', bytes.subarray(1000)],
  ];
  return files.map(([name, content]) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  });
}
