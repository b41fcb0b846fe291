import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { writeArchive } from '../../../src/lib/archive.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { buildCustomModel } from '../../../src/model/custom-model/build.ts';
import { inspectCustomModel } from '../../../src/model/custom-model/inspect.ts';
import { type KerasLayer, kerasLayer } from '../../../src/model/custom-model/keras-layer.ts';
import { fromKeras3 } from '../../../src/model/custom-model/keras3.ts';
import { type CustomModel, readCustomModel } from '../../../src/model/custom-model/read.ts';

/** What Keras 3 itself wrote and computed: tests/fixtures/keras3/make.py, which also says how weights and picture are made. */
const written = z.object({
  topology: z.record(z.string(), z.unknown()),
  weights: z.array(z.tuple([z.string(), z.number(), z.array(z.number())])),
  output: z.array(z.number()),
});
type Written = z.infer<typeof written>;
const fixture = (name: string): Written =>
  written.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, `../../fixtures/keras3/${name}.json`), 'utf8')),
  );

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function valuesOf(name: string, index: number, shape: readonly number[]): Float32Array {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const value = 0.3 * Math.sin(1.7 * i + index) + 0.05;
    return name.endsWith('moving_variance') ? Math.abs(value) + 0.5 : value;
  });
}

/** As tensorflowjs_converter 4.22 writes a network of Keras 3. */
function zipOf(
  { topology, weights }: Written,
  rename = (name: string): string => name,
  change = (text: string): string => text,
): Promise<Blob> {
  const description = {
    format: 'layers-model',
    generatedBy: 'keras v3.15.1',
    convertedBy: 'TensorFlow.js Converter v4.22.0',
    modelTopology: { keras_version: '3.15.1', backend: 'tensorflow', model_config: topology },
    weightsManifest: [
      {
        paths: ['group1-shard1of1.bin'],
        weights: weights.map(([name, , shape]) => ({ name: rename(name), shape, dtype: 'float32' })),
      },
    ],
  };
  const values = weights.flatMap(([name, index, shape]) => [...valuesOf(name, index, shape)]);
  return writeArchive(
    [
      { name: 'model.json', data: new TextEncoder().encode(change(JSON.stringify(description))) },
      { name: 'group1-shard1of1.bin', data: new Uint8Array(Float32Array.from(values).buffer) },
    ],
    new Date(0),
  );
}

async function outputOf(model: CustomModel): Promise<number[]> {
  const network = await buildCustomModel(model, { inputSize: null, fresh: false, random: createRandom(1) });
  const [, edge = 0, , channels = 0] = network.inputs[0]?.shape ?? [];
  const shape = [1, edge ?? 0, edge ?? 0, channels ?? 0];
  const picture = Float32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const c = shape[3] ?? 1;
    const [y, x] = [Math.floor(i / c / (edge ?? 1)), Math.floor(i / c) % (edge ?? 1)];
    return ((7 * y + 13 * x + 29 * (i % c)) % 256) / 255;
  });
  const output = network.apply(tf.tensor(picture, shape), { training: false }) as tf.Tensor; // one in, one out
  const values = [...(await output.data())];
  network.dispose();
  return values;
}

function expectClose(output: readonly number[], expected: readonly number[]): void {
  expect(output).toHaveLength(expected.length);
  for (const [i, value] of output.entries()) expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
}

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('a model.json of Keras 3', () => {
  it.each([
    'functional',
    'sequential',
    'nested',
  ])('%s: gives the numbers that Keras itself gives', async (name) => {
    const given = fixture(name);
    const output = await outputOf(await readCustomModel(await zipOf(given)));
    expectClose(output, given.output);
  });

  it('with its weights numbered, as the converter writes a .keras file', async () => {
    const given = fixture('sequential');
    const seen = new Map<string, number>();
    const numbered = (name: string): string => {
      const layer = name.split('/').at(-2) ?? '';
      seen.set(layer, (seen.get(layer) ?? -1) + 1);
      return `${layer}/${seen.get(layer)}`;
    };
    const output = await outputOf(await readCustomModel(await zipOf(given, numbered)));
    expectClose(output, given.output);
  });

  it('is inspected like any other: networks in it are unfolded, their names tell the range', async () => {
    const found = await inspectCustomModel(await readCustomModel(await zipOf(fixture('nested'))));
    expect(found.classifier).toEqual({ layers: ['classes'], classes: 3 });
    expect(found.layers.map(({ name }) => name)).toEqual([
      ...['outer_image', 'stem', 'activation_1', 'gate', 'stem_norm', 'pool', 'hidden'],
    ]);
    expect(found.layers.find(({ name }) => name === 'pool')?.cut).toBe(true);
    expect(found.guess).toMatchObject({
      range: 'symmetric-127.5',
      rangeWhy: expect.stringContaining('It is made of "mobilenet_like"'),
    });
  });

  it('in the form of Keras 2 stays what it is', () => {
    const model = tfl.model(
      (() => {
        const inputs = tfl.input({ shape: [8, 8, 3], name: 'image' });
        const inner = tfl.sequential({
          layers: [tfl.layers.flatten({ inputShape: [8, 8, 3] }), tfl.layers.dense({ units: 2 })],
        });
        return { inputs, outputs: inner.apply(inputs) as tfl.SymbolicTensor }; // one in, one out
      })(),
    );
    const { config } = kerasLayer.parse({
      class_name: 'Model',
      config: JSON.parse(String(model.toJSON())).config,
    });
    const converted = fromKeras3({ class_name: 'Model', config });
    expect(converted.config['output_layers']).toEqual(config['output_layers']);
    expect(JSON.stringify(converted)).toContain(JSON.stringify(config['output_layers']).slice(1, -1));
    model.dispose();
  });

  const changed = (name: string, change: (text: string) => string) => () =>
    zipOf(fixture(name), undefined, change);
  const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  it.each<[string, () => Promise<Blob>, RegExp]>([
    [
      'an activation that TensorFlow.js lacks',
      changed('functional', (t) => t.replace('"silu"', '"hard_silu"')),
      /activation "hard_silu"/,
    ],
    [
      'a grouped convolution',
      changed('functional', (t) => t.replace('"groups":1', '"groups":2')),
      /grouped convolution/,
    ],
    [
      'an operation',
      changed('functional', (t) => t.replace('"TrueDivide"', '"FloorDivide"')),
      /operation "FloorDivide"/,
    ],
    [
      'a layer',
      changed('functional', (t) => t.replace('"PReLU"', '"UnitNormalization"')),
      /"UnitNormalization", which is no layer/,
    ],
    [
      'a ReLU with both',
      changed('functional', (t) => t.replace('"max_value":null', '"max_value":6')),
      /a slope and a limit/,
    ],
    [
      'an absurd size',
      changed('sequential', (t) => t.replace('"units":4', '"units":9000000')),
      /absurd size/,
    ],
    [
      'a use of nothing',
      changed('functional', (t) => t.replaceAll('"keras_history"', '"history"')),
      /unknown arguments/,
    ],
    ['depth', changed('sequential', (t) => t.replace('"tanh"', deep(20_000))), /nested too deeply/],
    [
      'no list of layers',
      changed('sequential', (t) => t.replace('"layers":[', '"levels":[')),
      /no TensorFlow.js Layers model/,
    ],
  ])('%s is refused in words', async (_, zip, sentence) => {
    await expect(zip().then(readCustomModel)).rejects.toThrow(sentence);
  });
});

it('a network within a network within itself is no endless loop', () => {
  const inner = (name: string): KerasLayer => ({ class_name: 'Functional', name, config: {} });
  let at = inner('0');
  for (let i = 1; i < 40; i++) {
    at = { ...inner(`${i}`), config: { layers: [at], input_layers: [], output_layers: [] } };
  }
  expect(() => fromKeras3(at)).toThrow(/nested too deeply/);
});
