import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as ort from 'onnxruntime-web/wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WeightPrecision } from '../../../src/domain/export/weight-precision.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { drawnPictures } from '../../../src/export/check/test-pictures.ts';
import { writeChecked } from '../../../src/export/check/write-checked.ts';
import { convertModel } from '../../../src/export/convert-model.ts';
import { onnxRaw } from '../../../src/export/formats/onnx-raw.ts';
import { tfjs } from '../../../src/export/formats/tfjs.ts';
import { loadModelZip } from '../../../src/export/load.ts';
import type { Manifest } from '../../../src/export/manifest.ts';
import { withStoredWeights } from '../../../src/export/precision/with-precision.ts';
import { rawEmbeddings } from '../../../src/export/raw-embeddings.ts';
import { exportFormats } from '../../../src/export/registry.ts';
import { readArchive, writeArchive } from '../../../src/lib/archive.ts';
import { present } from '../../../src/lib/assert.ts';
import { fromFloat16, toFloat16 } from '../../../src/lib/binary/float16.ts';
import { STANDARD_RANGE } from '../../../src/lib/pixel-range.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { mobileFaceNet } from '../../../src/model/backbones/mobilefacenet/build.ts';
import { loadForFineTuning } from '../../../src/model/backbones/pretrained.ts';
import { iresNet } from '../../../src/model/backbones/shared/iresnet.ts';
import { smallCnn } from '../../../src/model/backbones/small-cnn/build.ts';
import { vgg8 } from '../../../src/model/backbones/vgg8/build.ts';
import { inputEdge } from '../../../src/model/embed.ts';
import { pixelsToTensor } from '../../../src/model/preprocess.ts';
import { manifestOf } from '../../fixtures/manifest.ts';
import { unsettle } from '../../fixtures/odd-network.ts';

const none = new AbortController().signal;
const L = tfl.layers;
const created = new Date('2026-01-02T03:04:05.000Z');
const sized = { inputSize: 32, embeddingSize: 16 };
const random = () => createRandom(5);

beforeAll(async () => {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: wasmUrl };
  await startBackend('simd');
});

const networks: readonly (readonly [string, () => tfl.LayersModel | Promise<tfl.LayersModel>])[] = [
  ['small CNN', () => smallCnn(32, 16, random())],
  ['VGG8', () => vgg8({ shape: [32, 32, 3], embeddingSize: 16, dropout: 0.5 }, random())],
  ['MobileFaceNet', () => mobileFaceNet({ ...sized, width: 1 }, random())],
  ['IResNet-18', () => iresNet({ ...sized, depth: 18, dropout: 0.4 }, random())],
  ['pretrained MobileFaceNet', () => loadForFineTuning({ kind: 'pretrained-mobilefacenet' }, 'all')],
  ['pretrained dlib', () => loadForFineTuning({ kind: 'pretrained-dlib' }, 'all')],
];
const REDUCED = ['float16', 'int8'] as const;

async function made(make: () => tfl.LayersModel | Promise<tfl.LayersModel>): Promise<tfl.LayersModel> {
  const model = await make();
  if (!model.name.startsWith('pretrained')) unsettle(model, createRandom(4));
  return model;
}

function facesOf(model: tfl.LayersModel, count = 3): tf.Tensor4D {
  return pixelsToTensor(drawnPictures(count, inputEdge(model)), inputEdge(model), STANDARD_RANGE, 3);
}

const manifestFor = (model: tfl.LayersModel, precision: WeightPrecision): Manifest => ({
  ...manifestOf({
    inputSize: inputEdge(model),
    channels: 3,
    embeddingSize: Number(model.outputs[0]?.shape[1]),
    range: STANDARD_RANGE,
  }),
  weights: { precision, cost: null },
});

/** The nearest network that a precision allows, by setting weights of the network itself: the definition, without layers added. */
function rounded(model: tfl.LayersModel, precision: 'float16' | 'int8'): void {
  for (const layer of model.layers) {
    if (layer instanceof tfl.LayersModel) {
      rounded(layer, precision);
      continue;
    }
    const values = layer.weights.map((weight) => {
      const { shape } = weight;
      const tensor = weight.read();
      const numbers = tensor.dataSync<'float32'>().slice();
      if (precision === 'float16')
        return tf.tensor(
          numbers.map((x) => fromFloat16(toFloat16(x))),
          tensor.shape,
        );
      const name = weight.originalName.split('/').at(-1);
      const kind = layer.getClassName();
      const isKernel =
        (name === 'kernel' && ['Conv2D', 'Dense'].includes(kind)) ||
        (name === 'depthwise_kernel' && kind === 'DepthwiseConv2D');
      const channels = name === 'kernel' ? Number(shape.at(-1)) : Number(shape.at(-1)) * Number(shape.at(-2));
      if (!isKernel || numbers.length / channels < 8) return tf.tensor(numbers, tensor.shape);
      for (let channel = 0; channel < channels; channel++) {
        let most = 0;
        for (let i = channel; i < numbers.length; i += channels)
          most = Math.max(most, Math.abs(numbers[i] ?? 0));
        for (let i = channel; i < numbers.length; i += channels) {
          const step = most / 127;
          numbers[i] = most === 0 ? 0 : Math.round((numbers[i] ?? 0) / step) * step;
        }
      }
      return tf.tensor(numbers, tensor.shape);
    });
    if (values.length > 0) layer.setWeights(values);
    tf.dispose(values);
  }
}

const unit = (values: Float32Array, rows: number): Float32Array => {
  const size = values.length / rows;
  return values.map(
    (value, i) => value / Math.hypot(...values.subarray(i - (i % size), i - (i % size) + size)),
  );
};

function difference(a: Float32Array, b: Float32Array, rows: number): number {
  expect(b.length).toBe(a.length);
  const [one, other] = [unit(a, rows), unit(b, rows)];
  return Math.max(...one.map((value, i) => Math.abs(value - (other[i] ?? Number.NaN))));
}

async function run(model: tfl.LayersModel, faces: tf.Tensor4D): Promise<Float32Array> {
  const values = await rawEmbeddings(model, faces);
  expect(Math.hypot(...values)).toBeGreaterThan(0.01);
  return values;
}

describe.each(REDUCED)('%s', (precision) => {
  it.each(networks)('%s computes as with weights rounded in place', async (_, make) => {
    const model = await made(make);
    const faces = facesOf(model);
    const before = await run(model, faces);
    const tensors = tf.memory().numTensors;
    const got = await withStoredWeights(model, precision, (stored) => run(stored, faces));
    expect(tf.memory().numTensors).toBe(tensors);
    expect(difference(await run(model, faces), before, 3)).toBe(0);
    rounded(model, precision);
    const wanted = await run(model, faces);
    expect(difference(wanted, before, 3)).toBeGreaterThan(0);
    expect(difference(got, wanted, 3)).toBeLessThan(2e-5);
    model.dispose();
    faces.dispose();
  });

  it.each(
    exportFormats.filter(({ id }) => id !== 'page').map((format) => [format.id, format] as const),
  )('a file for %s is smaller, and gives the embeddings of the stored network', async (_, format) => {
    const model = await made(() => mobileFaceNet({ ...sized, width: 1 }, random()));
    const sampleFaces = facesOf(model);
    const size = async (wanted: WeightPrecision): Promise<number> => {
      const file = await withStoredWeights(model, wanted, (stored) => {
        const manifest = manifestFor(model, wanted);
        return writeChecked({ format, model: stored, manifest, created, sampleFaces, name: 'x' }, none);
      });
      expect(file.check.maxDifference).toBeLessThan(1e-4);
      return file.file.size;
    };
    const share = (await size(precision)) / (await size('float32'));
    expect(share).toBeLessThan(precision === 'int8' ? 0.4 : 0.66);
    model.dispose();
    sampleFaces.dispose();
  });

  it('ONNX Runtime computes the same', async () => {
    const model = await made(() => mobileFaceNet({ ...sized, width: 1 }, random()));
    const pictures = drawnPictures(2, 32);
    const faces = facesOf(model, 2);
    await withStoredWeights(model, precision, async (stored) => {
      const exported = { model: stored, manifest: manifestFor(model, precision), created };
      const files = await readArchive(await onnxRaw.write(exported, none));
      const bytes = present(files.get('model.onnx'), 'the network');
      const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
      const values = new Float32Array(2 * 3 * 32 * 32);
      pictures.forEach((picture, row) => {
        picture.forEach((byte, i) => {
          values[(row * 3 + (i % 3)) * 1024 + Math.floor(i / 3)] = (byte - 127.5) / 127.5;
        });
      });
      const { embedding } = await session.run({ data: new ort.Tensor('float32', values, [2, 3, 32, 32]) });
      const got = Float32Array.from((await present(embedding, 'the embedding').getData()) as Float32Array);
      expect(difference(await run(stored, faces), got, 2)).toBeLessThan(1e-4);
      await session.release();
    });
    model.dispose();
    faces.dispose();
  });

  it('plain tf.loadLayersModel reads it; written again it is the same file', async () => {
    const model = await made(() => smallCnn(32, 16, random()));
    const faces = facesOf(model);
    const first = await withStoredWeights(model, precision, async (stored) => {
      const zip = await tfjs.write({ model: stored, manifest: manifestFor(model, precision), created }, none);
      const files = await readArchive(zip);
      const file = (name: string): File => new File([present(files.get(name), name)], name);
      const plain = await tfl.loadLayersModel(tf.io.browserFiles([file('model.json'), file('weights.bin')]));
      expect(difference(await run(stored, faces), await run(plain, faces), 3)).toBe(0);
      plain.dispose();
      return zip;
    });
    const again = await convertModel({ format: tfjs, model: first, name: 'x' }, none);
    const [one, other] = [await readArchive(first), await readArchive(again.file)];
    expect(other.get('weights.bin')).toEqual(one.get('weights.bin'));
    const manifest = (files: typeof one): unknown =>
      JSON.parse(new TextDecoder().decode(files.get('manifest.json')));
    expect(manifest(other)).toEqual(manifest(one));
    const asked = await convertModel({ format: tfjs, model: first, name: 'x', precision }, none);
    expect((await readArchive(asked.file)).get('weights.bin')).toEqual(one.get('weights.bin'));
    model.dispose();
    faces.dispose();
  });
});

it('8-bit weights of the pretrained MobileFaceNet with 55 people are under 1.5 MB, and barely turn embeddings', async () => {
  const model = await loadForFineTuning({ kind: 'pretrained-mobilefacenet' }, 'all');
  const faces = facesOf(model, 4);
  const draw = createRandom(9);
  const people = Array.from({ length: 55 }, (_, k) => ({
    name: `Person ${k}`,
    centre: Array.from({ length: 192 }, () => Number((draw.next() - 0.5).toPrecision(8))),
  }));
  const before = unit(await run(model, faces), 4);
  const [stored, file] = await withStoredWeights(model, 'int8', async (network) => {
    const manifest = { ...manifestFor(model, 'int8'), people };
    return [
      await run(network, faces),
      await tfjs.write({ model: network, manifest, created }, none),
    ] as const;
  });
  console.warn(`int8: ${file.size} bytes`);
  expect(file.size).toBeLessThan(1_500_000);
  const after = unit(stored, 4);
  for (let row = 0; row < 4; row++) {
    const at = (i: number): number => row * 192 + i;
    const cosine = Array.from({ length: 192 }, (_, i) => (before[at(i)] ?? 0) * (after[at(i)] ?? 0));
    expect(cosine.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(0.99);
  }
  model.dispose();
  faces.dispose();
});

it('layers of every kind of surroundings keep what they compute', async () => {
  const face = tfl.input({ shape: [12, 12, 3] });
  const apply = (layer: tfl.layers.Layer, x: tfl.SymbolicTensor | tfl.SymbolicTensor[]) =>
    layer.apply(x) as tfl.SymbolicTensor;
  const stem = apply(L.conv2d({ filters: 6, kernelSize: 3, name: 'stem' }), face);
  // Read twice, once by a norm: the norm cannot take its scales.
  const normed = apply(L.batchNormalization({ name: 'norm' }), stem);
  const both = apply(L.concatenate(), [stem, normed]);
  const active = apply(L.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, activation: 'tanh' }), both);
  const shared = L.dense({ units: 24, activation: 'relu', name: 'shared' });
  const twice = apply(shared, apply(shared, active));
  const separable = apply(L.separableConv2d({ filters: 5, kernelSize: 3 }), twice);
  const pooled = apply(L.globalAveragePooling2d({}), separable);
  const sequence = tfl.sequential({
    layers: [L.dense({ units: 16, inputShape: [5], name: 'stem_scale' }), L.batchNormalization(), L.reLU()],
  });
  const vector = tfl.input({ shape: [16] });
  const inner = tfl.model({
    inputs: vector,
    outputs: apply(L.dense({ units: 16, activation: 'tanh', name: 'inside' }), vector),
  });
  const nested = apply(inner, apply(inner, apply(sequence, pooled)));
  const model = tfl.model({
    inputs: face,
    outputs: apply(L.dense({ units: 9, name: 'last' }), nested),
  });
  unsettle(model, createRandom(8));
  // A channel of zeros has no scale.
  const stemLayer = model.getLayer('stem');
  const [kernel, bias] = stemLayer.getWeights();
  const zeroed = tf.mul(present(kernel, 'kernel'), tf.tensor1d([0, 1, 1, 1, 1, 1]));
  stemLayer.setWeights([zeroed, present(bias, 'bias')]);
  const faces = facesOf(model);
  const got = await withStoredWeights(model, 'int8', async (stored) => {
    const names = stored.layers.map(({ name }) => name);
    expect(names).toContain('stem_scale_1'); // the name that it would have is taken
    expect(names).toContain('shared_activation');
    return run(stored, faces);
  });
  rounded(model, 'int8');
  expect(difference(got, await run(model, faces), 3)).toBeLessThan(1e-5);
});

it('a zip whose quantised weights lack their scale is refused', async () => {
  const model = await made(() => smallCnn(32, 16, random()));
  const zip = await withStoredWeights(model, 'int8', (stored) =>
    tfjs.write({ model: stored, manifest: manifestFor(model, 'int8'), created }, none),
  );
  const files = await readArchive(zip);
  const json = new TextDecoder().decode(present(files.get('model.json'), 'model.json'));
  const broken = await writeArchive(
    [...files].map(([name, data]) => ({
      name,
      data:
        name === 'model.json' ? new TextEncoder().encode(json.replaceAll('"scale":1,"min"', '"min"')) : data,
    })),
    created,
  );
  await expect(loadModelZip(broken)).rejects.toThrow(/its scale is missing/);
  model.dispose();
});
