import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { networkGraph } from '../../../src/export/keras/graph.ts';
import { readH5File, writeH5File } from '../../../src/export/keras/h5-file.ts';
import { readHdf5 } from '../../../src/export/keras/hdf5/read.ts';
import { writeHdf5 } from '../../../src/export/keras/hdf5/write.ts';
import { readKerasFile, writeKerasFile } from '../../../src/export/keras/keras-file.ts';
import { kerasOrder, type Ref } from '../../../src/export/keras/keras-order.ts';
import { layerConfig } from '../../../src/export/keras/layers/layer-config.ts';
import { snakeCase } from '../../../src/export/keras/snake-case.ts';
import { keras2Topology, keras3Topology } from '../../../src/export/keras/topology.ts';
import { readArchive } from '../../../src/lib/archive.ts';
import { present } from '../../../src/lib/assert.ts';
import { CancelledError, ProblemError } from '../../../src/lib/problem.ts';
import { isRecord, type KerasLayer, kerasLayer } from '../../../src/model/custom-model/keras-layer.ts';
import { fromKeras3 } from '../../../src/model/custom-model/keras3.ts';
import { at, readHdf5Layout } from './hdf5-layout.ts';

const { layers: L } = tfl;
const none = new AbortController().signal;
const created = new Date('2026-01-02T03:04:05Z');
beforeAll(() => tf.setBackend('cpu'));

const topology = z.object({ config: z.object({ layers: z.array(kerasLayer) }) });
const layersOf = (value: unknown): KerasLayer[] => topology.parse(value).config.layers;

/** A network as Keras 3 itself wrote it, see tests/fixtures/keras3/make.py. */
const byKeras = (name: string): unknown =>
  z
    .object({ topology: z.unknown() })
    .parse(JSON.parse(readFileSync(join(import.meta.dirname, `../../fixtures/keras3/${name}.json`), 'utf8')))
    .topology;

async function network(stored: unknown): Promise<tfl.LayersModel> {
  const modelTopology = fromKeras3(stored) as Parameters<
    typeof tfl.models.modelFromJSON
  >[0]['modelTopology'] &
    object;
  return tfl.models.modelFromJSON({ modelTopology });
}

/** A convolution on two ways, a norm of which only beta is trained, a layer of a name that Keras refuses. */
function branched(): tfl.LayersModel {
  const input = tfl.input({ shape: [6, 6, 3], name: 'face' });
  const convolution = (name: string, filters: number) =>
    L.conv2d({ name, filters, kernelSize: 3, padding: 'same', kernelInitializer: 'glorotNormal' });
  const apply = (layer: tfl.layers.Layer, x: tfl.SymbolicTensor | tfl.SymbolicTensor[]) =>
    layer.apply(x) as tfl.SymbolicTensor;
  const norm = L.batchNormalization({ name: 'norm' });
  const long = apply(convolution('block/b', 4), apply(norm, apply(convolution('block/a', 4), input)));
  for (const weight of norm.weights) {
    if (weight.originalName.endsWith('/gamma')) weight.trainable = false;
  }
  const sum = apply(L.add({ name: 'sum' }), [long, apply(convolution('short', 4), input)]);
  const output = apply(L.dense({ name: 'embedding', units: 2 }), apply(L.flatten({ name: 'flat' }), sum));
  const model = tfl.model({ inputs: input, outputs: output, name: 'branched' });
  for (const [i, weight] of model.weights.entries()) {
    const values = Float32Array.from({ length: weight.read().size }, (_, k) => Math.sin(k + i) / 4 + 0.5);
    weight.write(tf.tensor(values, weight.read().shape));
  }
  return model;
}

describe("Keras' order of layers", () => {
  const uses = (all: Readonly<Record<string, readonly (readonly string[])[]>>) =>
    new Map(
      Object.entries(all).map(([name, nodes]): [string, Ref[][]] => [
        name,
        nodes.map((sources) =>
          sources.map((source) => ({ layer: source.slice(0, 1), use: Number(source.slice(1)) })),
        ),
      ]),
    );

  it('is by the distance from the output, then by the walk back', () => {
    const two = uses({ i: [[]], a: [['i0']], b: [['a0']], c: [['i0']], s: [['b0', 'c0']] });
    expect(kerasOrder(two, { layer: 's', use: 0 })).toEqual(['i', 'a', 'b', 'c', 's']);
    const other = uses({ i: [[]], a: [['i0']], b: [['a0']], c: [['i0']], s: [['c0', 'b0']] });
    expect(kerasOrder(other, { layer: 's', use: 0 })).toEqual(['i', 'a', 'c', 'b', 's']);
  });

  it('takes for a layer that is used twice its use farthest from the output', () => {
    const shared = uses({ i: [[]], d: [['i0'], ['a0']], a: [['d0']], b: [['i0']], s: [['b0', 'd1']] });
    expect(kerasOrder(shared, { layer: 's', use: 0 })).toEqual(['i', 'd', 'a', 'b', 's']);
  });

  it.each(['functional', 'nested'])("is that of Keras' own files (%s)", async (name) => {
    const stored = byKeras(name);
    const flat = (layer: KerasLayer): string[] => {
      const inner = topology.safeParse(layer);
      return inner.success ? inner.data.config.layers.flatMap(flat) : [String(layer.config['name'])];
    };
    const ours = networkGraph(await network(stored)).layers.map((layer) => layer.name);
    const theirs = layersOf(stored)
      .flatMap(flat)
      .filter((layer) => ours.includes(layer));
    expect(theirs.length).toBeGreaterThan(6);
    expect(ours.filter((layer) => theirs.includes(layer))).toEqual(theirs);
  });
});

it.each([
  ['Conv2D', 'conv2d'],
  ['DepthwiseConv2D', 'depthwise_conv2d'],
  ['Conv2DTranspose', 'conv2d_transpose'],
  ['GlobalAveragePooling2D', 'global_average_pooling2d'],
  ['PReLU', 'p_re_lu'],
  ['ReLU', 're_lu'],
  ['LeakyReLU', 'leaky_re_lu'],
  ['ELU', 'elu'],
  ['BatchNormalization', 'batch_normalization'],
])('%s is %s in paths', (name, path) => expect(snakeCase(name)).toBe(path));

describe('the description of a network', () => {
  it.each([
    'functional',
    'sequential',
    'nested',
  ])("says nothing of a layer that Keras' own does not, and the same (%s)", async (name) => {
    const stored = byKeras(name);
    const all = (layer: KerasLayer): KerasLayer[] => {
      const inner = topology.safeParse(layer);
      return inner.success ? inner.data.config.layers.flatMap(all) : [layer];
    };
    const theirs = new Map(
      layersOf(stored)
        .flatMap(all)
        .map((layer) => [String(layer.config['name']), layer]),
    );
    const ours = layersOf(keras3Topology(networkGraph(await network(stored))));
    let compared = 0;
    for (const layer of ours) {
      const wanted = theirs.get(String(layer.config['name']));
      // Not an operation, nor one that TensorFlow.js has as another.
      if (wanted?.module !== 'keras.layers' || wanted.class_name !== layer.class_name) continue;
      compared++;
      expect(layer.module).toBe('keras.layers');
      if (wanted.build_config !== undefined && layer.build_config !== undefined) {
        expect(layer.build_config).toEqual(wanted.build_config);
      }
      expect(Object.keys(wanted.config)).toEqual(expect.arrayContaining(Object.keys(layer.config)));
      for (const [key, value] of Object.entries(layer.config)) {
        // The library keeps the meaning of an initialiser, not its name; a seed, too; L2 is L1L2 there.
        if (/_(initializer|regularizer)$/.test(key) && isRecord(value)) {
          expect(wanted.config[key]).toMatchObject({ module: value['module'], registered_name: null });
        } else {
          expect(value, `${key} of ${layer.class_name}`).toEqual(wanted.config[key]);
        }
      }
    }
    expect(compared).toBeGreaterThan(5);
  });

  it('has names that Keras takes, and shapes where layers meet', () => {
    const [input, ...others] = layersOf(keras3Topology(networkGraph(branched())));
    expect(input?.config).toEqual({
      batch_shape: [null, 6, 6, 3],
      dtype: 'float32',
      sparse: false,
      name: 'face',
    });
    const sum = present(
      others.find(({ name }) => name === 'sum'),
      'sum',
    );
    expect(sum.build_config).toEqual({
      input_shape: [
        [null, 6, 6, 4],
        [null, 6, 6, 4],
      ],
    });
    const tensor = (layer: string) => ({
      class_name: '__keras_tensor__',
      config: { shape: [null, 6, 6, 4], dtype: 'float32', keras_history: [layer, 0, 0] },
    });
    expect(sum.inbound_nodes).toEqual([{ args: [[tensor('block_b'), tensor('short')]], kwargs: {} }]);
  });

  it('is for Keras 2 in its form', () => {
    const described = layersOf(keras2Topology(networkGraph(branched())));
    expect(described[0]?.config).toHaveProperty('batch_input_shape', [null, 6, 6, 3]);
    expect(described.find(({ name }) => name === 'sum')?.inbound_nodes).toEqual([
      [
        ['block_b', 0, 0, {}],
        ['short', 0, 0, {}],
      ],
    ]);
  });

  it.each<[tfl.layers.Layer, object, object]>([
    [L.reLU({ maxValue: 6 }), { max_value: 6, negative_slope: 0, threshold: 0 }, {}],
    [L.thresholdedReLU({ theta: 0.5 }), { max_value: null, negative_slope: 0, threshold: 0.5 }, {}],
    [L.leakyReLU({ alpha: 0.25 }), { negative_slope: 0.25 }, { alpha: 0.25 }],
    [L.activation({ activation: 'swish' }), { activation: 'silu' }, { activation: 'swish' }],
    [L.batchNormalization({ axis: 3 }), { axis: 3, momentum: 0.99, epsilon: 0.001 }, { axis: 3 }],
    [L.dropout({ rate: 0.5 }), { rate: 0.5 }, { rate: 0.5 }],
    [L.flatten({ dataFormat: 'channelsFirst' }), { data_format: 'channels_first' }, {}],
    [
      L.dense({
        units: 2,
        kernelInitializer: 'leCunNormal',
        kernelConstraint: tfl.constraints.maxNorm({ maxValue: 2, axis: 0 }),
      }),
      {
        kernel_initializer: {
          module: 'keras.initializers',
          class_name: 'VarianceScaling',
          config: { scale: 1, mode: 'fan_in', distribution: 'truncated_normal', seed: null },
          registered_name: null,
        },
        kernel_constraint: { class_name: 'MaxNorm', config: { max_value: 2, axis: 0 } },
      },
      { kernel_constraint: { class_name: 'MaxNorm', config: { max_value: 2, axis: 0 } } },
    ],
  ])('says a layer in the words of each (%#)', (layer, keras3, keras2) => {
    expect(layerConfig(layer, 'keras-3').config).toMatchObject(keras3);
    expect(layerConfig(layer, 'keras-2').config).toMatchObject(keras2);
  });

  it.each<[tfl.layers.Layer, RegExp]>([
    [L.resizing({ name: 'smaller', height: 2, width: 2 }), /"smaller" is of the class "Resizing"/],
    [L.upSampling2d({ name: 'up', interpolation: 'bilinear' }), /"up" interpolates otherwise/],
    [L.activation({ name: 'hard', activation: 'hardSigmoid' }), /"hard" uses the activation "hardSigmoid"/],
    [L.dropout({ name: 'rows', rate: 0.1, noiseShape: [1, 2] }), /"rows" drops/],
  ])('names a layer that Keras computes otherwise (%#)', (layer, message) => {
    expect(() => layerConfig(layer, 'keras-3')).toThrow(ProblemError);
    expect(() => layerConfig(layer, 'keras-2')).toThrow(message);
  });
});

describe('files, read by the specification of HDF5', () => {
  it('.keras: weights lie where Keras looks for them, gamma before beta though only beta is trained', async () => {
    const model = branched();
    const file = await writeKerasFile(networkGraph(model), created, none);
    const files = await readArchive(file);
    expect([...files.keys()]).toEqual(['metadata.json', 'config.json', 'model.weights.h5']);
    const root = readHdf5Layout(present(files.get('model.weights.h5'), 'weights'));
    expect([...root.members.keys()]).toEqual(['layers', 'vars']);
    const stored = (path: string) => present(at(root, `layers/${path}`).data, path);
    const own = (layer: string, weight: string) => {
      const variable = present(
        model.getLayer(layer).weights.find(({ originalName }) => originalName.endsWith(`/${weight}`)),
        weight,
      );
      return { shape: variable.read().shape, values: variable.read().dataSync() };
    };
    // block/a is farther from the output than the shorter way.
    expect(stored('conv2d/vars/0')).toEqual(own('block/a', 'kernel'));
    expect(stored('conv2d_1/vars/1')).toEqual(own('block/b', 'bias'));
    expect(stored('conv2d_2/vars/0')).toEqual(own('short', 'kernel'));
    expect(stored('batch_normalization/vars/0')).toEqual(own('norm', 'gamma'));
    expect(stored('batch_normalization/vars/1')).toEqual(own('norm', 'beta'));
    expect(stored('batch_normalization/vars/3')).toEqual(own('norm', 'moving_variance'));
    expect(stored('dense/vars/0')).toEqual(own('embedding', 'kernel'));
    expect([...at(root, 'layers/add/vars').members.keys()]).toEqual([]);
  });

  it('.h5: its attributes say the network and the order of layers and weights', async () => {
    const graph = networkGraph(branched());
    const root = readHdf5Layout(await writeH5File(graph, created, none));
    expect(JSON.parse(String(root.attributes.get('model_config')))).toEqual(keras2Topology(graph));
    expect(root.attributes.get('keras_version')).toBe('2.15.0');
    const weights = at(root, 'model_weights');
    expect(weights.attributes.get('layer_names')).toEqual(graph.layers.map(({ name }) => name));
    expect(weights.attributes.get('backend')).toBe('tensorflow');
    expect(at(weights, 'norm').attributes.get('weight_names')).toEqual([
      'norm/gamma:0',
      'norm/beta:0',
      'norm/moving_mean:0',
      'norm/moving_variance:0',
    ]);
    expect(at(weights, 'block_a/block_a/kernel:0').data?.shape).toEqual([3, 3, 3, 4]);
    expect(at(weights, 'flat').attributes.get('weight_names')).toEqual([]);
  });

  it('a list of words too long for one attribute is split as Keras splits it', async () => {
    const words = Array.from({ length: 900 }, (_, i) => `${'layer'.repeat(20)}_${i}`);
    const bytes = await writeHdf5(created, (file) => file.words('', 'layer_names', words));
    const { attributes } = readHdf5Layout(bytes);
    expect([...attributes.keys()]).toEqual(['layer_names0', 'layer_names1']);
    expect([...attributes.values()].flat()).toEqual(words);
    expect(await readHdf5(bytes, (file) => file.words('', 'layer_names'))).toEqual(words);
  });
});

describe('a file that is read back', () => {
  it('has no weights of the model it was made from left: other numbers in it are seen', async () => {
    const model = branched();
    const faces = tf.ones([1, 6, 6, 3]);
    const graph = networkGraph(model);
    const outputs = async (read: Promise<tfl.LayersModel>) => {
      const back = await read;
      const values = [...(back.predict(faces) as tf.Tensor).dataSync()];
      back.dispose();
      return values;
    };
    const wanted = [...(model.predict(faces) as tf.Tensor).dataSync()];
    const [keras, h5] = [await writeKerasFile(graph, created, none), await writeH5File(graph, created, none)];
    for (const weight of model.weights) weight.write(tf.zerosLike(weight.read()));
    expect(await outputs(readKerasFile(keras))).toEqual(wanted);
    expect(await outputs(readH5File(h5))).toEqual(wanted);
    const changed = await writeH5File(graph, created, none);
    expect(await outputs(readH5File(changed))).not.toEqual(wanted);
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    ['no HDF5', () => readH5File(new TextEncoder().encode('no file')), /HDF5 file cannot be read/],
    [
      'no description',
      async () => readH5File(await writeHdf5(created, () => {})),
      /"model_config" is missing/,
    ],
    [
      'broken JSON',
      async () => readH5File(await writeHdf5(created, (file) => file.text('', 'model_config', '{'))),
      /no valid JSON/,
    ],
    [
      'another description',
      async () =>
        readH5File(await writeHdf5(created, (file) => file.text('', 'model_config', '{"class_name":1}'))),
      /describes no network as Keras does \(class_name/,
    ],
    [
      'a description without its weights',
      async () => {
        const config = JSON.stringify(keras2Topology(networkGraph(branched())));
        return readH5File(await writeHdf5(created, (file) => file.text('', 'model_config', config)));
      },
      /cannot be built: .*weight/,
    ],
    ['no zip', () => readKerasFile(new Blob(['x'])), /no zip/],
  ])('with %s is refused with a sentence', async (_, read, message) => {
    const reading = read();
    await expect(reading).rejects.toBeInstanceOf(ProblemError);
    await expect(reading).rejects.toThrow(message);
  });

  it('is the same at another time', async () => {
    const graph = networkGraph(branched());
    const first = await writeH5File(graph, created, none);
    await new Promise((resolve) => setTimeout(resolve, 1100)); // its clock counts seconds
    const again = await writeH5File(graph, created, none);
    expect(first.length).toBe(again.length);
    expect(first.findIndex((byte, i) => byte !== again[i])).toBe(-1);
  });

  it('is not written once cancelled', async () => {
    const graph = networkGraph(branched());
    await expect(writeKerasFile(graph, created, AbortSignal.abort())).rejects.toBeInstanceOf(CancelledError);
    await expect(writeH5File(graph, created, AbortSignal.abort())).rejects.toBeInstanceOf(CancelledError);
  });
});
