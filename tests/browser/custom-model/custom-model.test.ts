import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { PresetName, TrainingConfig } from '../../../src/config/training-config.ts';
import { guessedSettings } from '../../../src/domain/custom-model/settings.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { type ArchiveFile, writeArchive } from '../../../src/lib/archive.ts';
import { present } from '../../../src/lib/assert.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { customNetwork, freeze } from '../../../src/model/custom-model/network.ts';
import { readCustomModel } from '../../../src/model/custom-model/read.ts';
import { syntheticPeople } from '../train/synthetic.ts';
import { startTrainer } from '../train/worker.ts';
import { filesOf } from './files.ts';

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
  ({ json, weights } = await filesOf(tfl.model({ inputs: input, outputs: x })));
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
  backbone: { kind: 'custom', inputSize: EDGE, range: 'imagenet', frozenUpTo, cutSoftmax: true },
});

/** How a preset learns, without what it learns. */
const pick = ({ margin, optimiser, learningRate, scale }: TrainingConfig) => ({
  margin,
  optimiser,
  learningRate,
  scale,
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
  const { file: archive, check } = await trainer.call('exportModel', { format: 'tfjs', name: 'own' });
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
  const own = await readCustomModel(await zip());
  const backbone = {
    kind: 'custom',
    inputSize: EDGE,
    range: 'unit',
    frozenUpTo: 'sum',
    cutSoftmax: true,
  } as const;
  const model = await customNetwork(own, backbone, false, createRandom(1));
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

it('a Sequential that takes any size: says so, and trains at the size that is asked for', async () => {
  await startBackend('cpu');
  const { conv2d, dense, globalAveragePooling2d } = tfl.layers;
  const model = tfl.sequential({
    layers: [
      conv2d({ name: 'one', filters: 8, kernelSize: 3, strides: 2, inputShape: [null, null, 3] }),
      conv2d({ name: 'two', filters: 8, kernelSize: 3, strides: 2, activation: 'relu' }),
      globalAveragePooling2d({ name: 'pool' }),
      dense({ name: 'embedding', units: 6 }),
    ],
  });
  const files = await filesOf(model);
  const found = await trainer.call('inspectModel', { model: await zip(files.json, files.weights) });
  expect(found).toMatchObject({ inputSize: null, embeddingSize: 6, classifier: null });
  expect(found.guess.inputSize).toBe(112);
  for (const preset of ['quick', 'finetune', 'scratch'] as const) {
    const backbone = { ...guessedSettings(found, preset), inputSize: 48 };
    expect(backbone.frozenUpTo).toBe(preset === 'quick' ? 'pool' : null);
    const report = await trainer.call('train', {
      config: { ...config(preset, null), backbone },
      data,
      verify: null,
      model: await zip(files.json, files.weights),
    });
    expect(report.firstLosses.every(Number.isFinite)).toBe(true);
    const { file: archive, check } = await trainer.call('exportModel', {
      format: 'tfjs',
      name: 'sequential',
    });
    expect(check.maxDifference).toBeLessThanOrEqual(1e-5);
    const again = await trainer.call('inspectModel', { model: archive });
    expect(again).toMatchObject({ inputSize: 48, embeddingSize: 6, guess: { range: backbone.range } });
  }
});

const ALL = ['quick', 'finetune', 'scratch'] as const;
it.each<[string, TrainingConfig, readonly PresetName[]]>([
  ["the pretrained network's embedding layer", { ...presets.quick, epochs: 2 }, ALL],
  [
    "dlib's",
    { ...presets.quick, epochs: 1, backbone: { kind: 'pretrained-dlib', trained: 'embedding' } },
    ['quick'],
  ],
  [
    'a small CNN with norms',
    { ...presets.scratch, epochs: 2, backbone: { kind: 'small-cnn', inputSize: 48, embeddingSize: 16 } },
    ALL,
  ],
])('what was downloaded here learns on where it stood: %s', async (_, first, ways) => {
  const settings = {
    ...first,
    backend: 'simd',
    batchSize: 4,
    heldOut: { peopleFraction: 0, photosFraction: 0 },
  } as const;
  const one = await trainer.call('train', { config: settings, data, verify: null });
  const { file: archive } = await trainer.call('exportModel', { format: 'tfjs', name: 'mine' });
  const found = await trainer.call('inspectModel', { model: archive });
  expect(found.classifier).toBeNull();
  expect(found.guess).toMatchObject({
    range: 'symmetric-128',
    rangeWhy: 'The manifest of the download says so.',
  });
  for (const preset of ways) {
    const backbone = guessedSettings(found, preset);
    if (preset === 'quick' && first.preset === 'quick') expect(backbone.frozenUpTo).toBe('features');
    const two = await trainer.call('train', {
      config: { ...settings, ...pick(presets[preset]), preset, backbone, epochs: 1 },
      data,
      verify: null,
      model: archive,
    });
    if (preset !== 'scratch') {
      // It begins with the mean of each person, which fits at least as well as what was learned for the margin.
      expect(two.baseline.trainAccuracy).toBeGreaterThanOrEqual((one.best.trainAccuracy ?? 1) - 0.1);
    }
    const { check } = await trainer.call('exportModel', { format: 'tfjs', name: 'again' });
    expect(check.maxDifference).toBeLessThanOrEqual(1e-5);
  }
});

describe('a network of another form is described in words', () => {
  const picture = [EDGE, EDGE, 3];
  const flat = (input: tfl.SymbolicTensor, units = 4): tfl.SymbolicTensor =>
    tfl.layers.dense({ units }).apply(tfl.layers.flatten().apply(input)) as tfl.SymbolicTensor; // one in, one out
  const pixels = (shape: (number | null)[] = picture): tfl.SymbolicTensor => tfl.input({ shape });
  it.each<[string, () => tfl.LayersModel, RegExp]>([
    [
      'it ends in a picture',
      () =>
        tfl.sequential({ layers: [tfl.layers.conv2d({ filters: 4, kernelSize: 3, inputShape: picture })] }),
      /output of the network is 30 x 30 x 4, not a vector.*ends in a dense layer/,
    ],
    [
      'two outputs',
      () => {
        const input = pixels();
        return tfl.model({ inputs: input, outputs: [flat(input), flat(input)] });
      },
      /1 inputs and 2 outputs.*one input and one output/,
    ],
    [
      'two inputs',
      () => {
        const [a, b] = [pixels(), pixels()];
        const both = tfl.layers.concatenate().apply([flat(a), flat(b)]) as tfl.SymbolicTensor;
        return tfl.model({ inputs: [a, b], outputs: both });
      },
      /2 inputs and 1 outputs/,
    ],
    [
      'it takes rows of numbers',
      () => tfl.sequential({ layers: [tfl.layers.dense({ units: 4, inputShape: [10] })] }),
      /input of the network is 10, not a picture/,
    ],
    ['two channels', () => pooledOf([EDGE, EDGE, 2]), /three channels.*or one, grey/],
    ['channels in front', () => pooledOf([3, EDGE, EDGE]), /channels in front/],
    ['not square', () => pooledOf([EDGE, 40, 3]), /faces are square/],
    ['too large', () => pooledOf([600, 600, 3]), /16 to 512 are supported/],
    ['one number', () => pooledOf(picture, 1), /has 1 numbers; an embedding has 2 to 4096/],
  ])('%s', async (_, make, sentence) => {
    await startBackend('cpu');
    const files = await filesOf(make());
    const model = await zip(files.json, files.weights);
    await expect(trainer.call('inspectModel', { model })).rejects.toThrow(sentence);
  });
  function pooledOf(shape: number[], units = 4): tfl.LayersModel {
    const input = pixels(shape);
    const pooled = tfl.layers.globalAveragePooling2d({}).apply(input) as tfl.SymbolicTensor;
    return tfl.model({
      inputs: input,
      outputs: tfl.layers.dense({ units }).apply(pooled) as tfl.SymbolicTensor,
    });
  }
});

describe('a bad file is described in words', () => {
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
    [
      'a Keras file',
      async () => writeArchive([file('net.h5', 'HDF')], new Date(0)),
      /Keras file.*Convert it/,
    ],
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
