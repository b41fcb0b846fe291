import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { PresetName, TrainingConfig } from '../../../src/config/training-config.ts';
import { startBackend } from '../../../src/engine/start.ts';
import { toModelFiles } from '../../../src/export/model-json.ts';
import { type ArchiveFile, writeArchive } from '../../../src/lib/archive.ts';
import { present } from '../../../src/lib/assert.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { freeze, ownNetwork } from '../../../src/model/own/network.ts';
import { readOwnModel } from '../../../src/model/own/read.ts';
import { syntheticPeople } from '../train/synthetic.ts';
import { startTrainer } from '../train/worker.ts';

const EDGE = 32;
const data = await syntheticPeople(3, 4, 2);
const trainer = startTrainer(() => {});
afterAll(() => trainer.close());
let json: string;
let weights: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  await startBackend('cpu');
  const input = tfl.input({ shape: [EDGE, EDGE, 3] });
  const same = 'same' as const;
  const conv = tfl.layers.conv2d({ name: 'conv1', filters: 6, kernelSize: 3, strides: 2, padding: same });
  const norm = tfl.layers.batchNormalization({ name: 'norm1' });
  // Symbolic tensors in give one out.
  const a = norm.apply(conv.apply(input)) as tfl.SymbolicTensor;
  const side = tfl.layers.conv2d({ name: 'side', filters: 6, kernelSize: 1 }).apply(a) as tfl.SymbolicTensor;
  let x = tfl.layers.add({ name: 'sum' }).apply([a, side]) as tfl.SymbolicTensor;
  x = tfl.layers.batchNormalization({ name: 'norm2' }).apply(x) as tfl.SymbolicTensor;
  x = tfl.layers.globalAveragePooling2d({ name: 'pool' }).apply(x) as tfl.SymbolicTensor;
  x = tfl.layers.dense({ name: 'embedding', units: 8 }).apply(x) as tfl.SymbolicTensor;
  x = tfl.layers.dense({ name: 'classes', units: 5, activation: 'softmax' }).apply(x) as tfl.SymbolicTensor;
  const model = tfl.model({ inputs: input, outputs: x });
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const files = toModelFiles(artifacts);
      json = files.modelJson;
      weights = new Uint8Array(files.weights);
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    }),
  );
  model.dispose();
});

const file = (name: string, content: string): ArchiveFile => ({
  name,
  data: new TextEncoder().encode(content),
});
const zip = (description = json, bytes: Uint8Array<ArrayBuffer> | null = weights): Promise<Blob> =>
  writeArchive(
    [file('model.json', description), ...(bytes ? [{ name: 'weights.bin', data: bytes }] : [])],
    new Date(0),
  );

it('says what a model is, and asks with guesses', async () => {
  const found = await trainer.call('inspectModel', { model: await zip() });
  expect(found).toMatchObject({
    inputSize: EDGE,
    embeddingSize: 8,
    classifier: { layers: ['classes'], classes: 5 },
  });
  expect(found.layers.filter(({ cut }) => cut).map(({ name }) => name)).toEqual([
    'conv1',
    'norm1',
    'sum',
    'norm2',
    'pool',
  ]);
  expect(found.guess.rangeWhy).toMatch(/\.$/);
});

const config = (preset: PresetName, frozenUpTo: string | null): TrainingConfig => ({
  ...presets[preset],
  backend: 'simd',
  epochs: 2,
  batchSize: 4,
  backbone: { kind: 'own', inputSize: EDGE, range: 'imagenet', frozenUpTo, cutSoftmax: true },
});

/** A weight out of a downloaded zip. */
async function weightOf(archive: Blob, name: string): Promise<Float32Array> {
  const { loadModelZip } = await import('../../../src/export/load.ts');
  await startBackend('cpu');
  const { model } = await loadModelZip(archive);
  const found = present(
    model.weights.find(({ originalName }) => originalName === name),
    name,
  );
  const values = (await found.read().data<'float32'>()).slice();
  model.dispose();
  return values;
}

it.each<[PresetName, string | null]>([
  ['quick', 'pool'],
  ['quick', 'sum'],
  ['finetune', 'sum'],
  ['finetune', null],
  ['scratch', null],
])('%s, frozen up to %s: trains, and its file gives the same embeddings', async (preset, frozenUpTo) => {
  const report = await trainer.call('train', {
    config: config(preset, frozenUpTo),
    data,
    verify: null,
    model: await zip(),
  });
  expect(report.firstLosses.length).toBeGreaterThan(2);
  expect(report.firstLosses.every(Number.isFinite)).toBe(true);
  const { file: archive, check } = await trainer.call('exportTfjs', { name: 'own' });
  expect(check.maxDifference).toBeLessThanOrEqual(1e-5);
  if (report.best.epoch > 0) {
    const moved = await weightOf(archive, 'norm1/moving_mean');
    // In the file it is 0, as the layer began.
    if (frozenUpTo !== null) expect([...moved].every((value) => value === 0)).toBe(true);
    else expect([...moved].some((value) => value !== 0)).toBe(true);
  }
});

it('frozen norms use their moving averages and leave them alone, others do not', async () => {
  await startBackend('cpu');
  const own = await readOwnModel(await zip());
  const backbone = {
    kind: 'own',
    inputSize: EDGE,
    range: 'unit',
    frozenUpTo: 'sum',
    cutSoftmax: true,
  } as const;
  const model = await ownNetwork(own, backbone, false, createRandom(1));
  freeze(model, 'sum');
  const averages = async (name: string): Promise<number[]> => [
    ...(await present(model.getLayer(name).weights[2], 'the moving mean').read().data()),
  ];
  const pictures = tf.randomUniform([4, EDGE, EDGE, 3], 0, 1, 'float32', 1);
  tf.dispose(model.apply(pictures, { training: true }) as tf.Tensor); // a tensor in gives one out
  expect((await averages('norm1')).every((value) => value === 0)).toBe(true);
  expect((await averages('norm2')).some((value) => value !== 0)).toBe(true);
  expect(model.getLayer('norm1').trainableWeights).toEqual([]);
  expect(model.getLayer('norm2').trainableWeights).toHaveLength(2);
  pictures.dispose();
  model.dispose();
});

describe('a bad file is told in words', () => {
  const spoilt = (change: (description: string) => string) => () => zip(change(json));
  const nan = (): Promise<Blob> => {
    const bytes = weights.slice();
    new Float32Array(bytes.buffer)[3] = Number.NaN;
    return zip(json, bytes);
  };
  it.each<[string, () => Promise<Blob>, RegExp]>([
    ['no zip', async () => new Blob(['hello']), /no zip/],
    ['no model', async () => writeArchive([file('a.txt', 'x')], new Date(0)), /no model\.json/],
    ['a graph model', spoilt(() => '{"format":"graph-model","modelTopology":{"node":[]}}'), /graph model/],
    ['no JSON', spoilt(() => '{'), /no valid JSON/],
    ['no weights file', () => zip(json, null), /"weights\.bin" is missing/],
    ['cut off', () => zip(json, weights.slice(0, -4)), /cut off/],
    ['not a number', nan, /not finite/],
    ['another path', spoilt((d) => d.replace('weights.bin', '../weights.bin')), /outside its folder/],
    ['an unknown layer', spoilt((d) => d.replace('GlobalAveragePooling2D', 'MagicPooling')), /MagicPooling/],
    ['an absurd size', spoilt((d) => d.replace('"units":8', '"units":9000000')), /absurd size/],
    ['more than its files hold', spoilt((d) => d.replace('"units":8', '"units":9000')), /more numbers than/],
  ])('%s', async (_, make, sentence) => {
    await expect(trainer.call('inspectModel', { model: await make() })).rejects.toThrow(sentence);
  });
});

it("Quick runs on dlib's network", async () => {
  const report = await trainer.call('train', {
    config: {
      ...presets.quick,
      backend: 'simd',
      epochs: 1,
      backbone: { kind: 'pretrained-dlib', trained: 'embedding' },
    },
    data,
    verify: null,
  });
  expect(report.firstLosses.every(Number.isFinite)).toBe(true);
  const { check } = await trainer.call('exportTfjs', { name: 'dlib' });
  expect(check.maxDifference).toBeLessThanOrEqual(1e-5);
});
