import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CustomBackbone } from '../../../src/config/backbone.ts';
import { presets } from '../../../src/config/presets.ts';
import type { PresetName, TrainingConfig } from '../../../src/config/training-config.ts';
import { decodeFaces } from '../../../src/dataset/face-store.ts';
import { guessedSettings } from '../../../src/domain/custom-model/settings.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { loadModelZip } from '../../../src/export/load.ts';
import { readArchive } from '../../../src/lib/archive.ts';
import { present } from '../../../src/lib/assert.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { buildCustomModel } from '../../../src/model/custom-model/build.ts';
import { readCustomModel } from '../../../src/model/custom-model/read.ts';
import { syntheticPeople } from '../train/synthetic.ts';
import { startTrainer } from '../train/worker.ts';
import { zipOf } from './files.ts';

const data = await syntheticPeople(3, 4, 2);
const trainer = startTrainer(() => {});
afterAll(() => trainer.close());
beforeAll(() => startBackend('cpu'));

const config = (preset: PresetName, backbone: CustomBackbone): TrainingConfig => ({
  ...presets[preset],
  backend: 'simd',
  epochs: 2,
  batchSize: 4,
  backbone,
});

describe('a network that takes grey pictures', () => {
  const grey = (): tfl.LayersModel =>
    tfl.sequential({
      layers: [
        tfl.layers.conv2d({ name: 'one', filters: 6, kernelSize: 5, strides: 4, inputShape: [112, 112, 1] }),
        tfl.layers.batchNormalization({ name: 'norm' }),
        tfl.layers.conv2d({ name: 'two', filters: 8, kernelSize: 3, strides: 2, activation: 'relu' }),
        tfl.layers.globalAveragePooling2d({ name: 'pool' }),
        tfl.layers.dense({ name: 'embedding', units: 6 }),
      ],
    });

  it.each<PresetName>([
    'quick',
    'finetune',
    'scratch',
  ])('%s: is fed luminance, says so in its download, and is the same there as in the example of its README', async (preset) => {
    const model = await zipOf(grey());
    const found = await trainer.call('inspectModel', { model });
    expect(found).toMatchObject({ channels: 1, inputSize: 112, embeddingSize: 6 });
    const backbone = { ...guessedSettings(found, preset), range: 'imagenet' } as const;
    const report = await trainer.call('train', {
      config: config(preset, backbone),
      data,
      verify: null,
      model,
    });
    expect(report.firstLosses.every(Number.isFinite)).toBe(true);
    const { file: archive, check } = await trainer.call('exportModel', { format: 'tfjs', name: 'grey' });
    expect(check.maxDifference).toBeLessThanOrEqual(1e-5);

    const files = await readArchive(archive);
    const readme = new TextDecoder().decode(files.get('README.md'));
    expect(readme).toMatch(/0\.299 red \+ 0\.587 green \+ 0\.114 blue/);
    const { model: network, manifest } = await loadModelZip(archive);
    expect(network.inputs[0]?.shape).toEqual([null, 112, 112, 1]);
    expect(manifest.preprocessing).toMatchObject({ channels: 'luminance', mean: 117.038, divisor: 57.53 });

    const images = data.faces.slice(0, 2).map(({ image }) => image);
    const pixels = await decodeFaces(images, 112, new AbortController().signal);
    const { embeddings } = await trainer.call('embed', { model: archive, faces: images, backend: 'simd' });
    const code = /```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const module = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    const example = await import(/* @vite-ignore */ module);
    for (const [i, rgb] of pixels.entries()) {
      const input = Float32Array.from({ length: 112 * 112 }, (_, at) => {
        const [r = 0, g = 0, b = 0] = rgb.subarray(3 * at, 3 * at + 3);
        return (0.299 * r + 0.587 * g + 0.114 * b - 117.038) / 57.53;
      });
      const expected = tf.tidy(() => {
        const face = tf.tensor4d(input, [1, 112, 112, 1]);
        const sum = tf.add(
          network.predict(face) as tf.Tensor,
          network.predict(tf.reverse(face, 2)) as tf.Tensor,
        );
        return [...tf.div(sum, tf.norm(sum)).dataSync()];
      });
      const shown: Float32Array = await example.embed(tf, network, rgb);
      for (const [k, value] of expected.entries()) {
        expect(present(embeddings[i]?.[k], 'a number')).toBeCloseTo(value, 4);
        expect(present(shown[k], 'a number')).toBeCloseTo(value, 5);
      }
    }
    network.dispose();

    const again = await trainer.call('inspectModel', { model: archive });
    expect(again).toMatchObject({ channels: 1, guess: { range: 'imagenet' } });
  });
});

/** As Teachable Machine makes them: a cut MobileNet and its pooling in one Sequential, two dense layers in another. */
function teachableMachine(): tfl.LayersModel {
  const image = tfl.input({ shape: [64, 64, 3], name: 'input_1' });
  // Symbolic tensors in give one out.
  const then = (layer: tfl.layers.Layer, from: tfl.SymbolicTensor) => layer.apply(from) as tfl.SymbolicTensor;
  const padding = 'same' as const;
  let x = then(
    tfl.layers.conv2d({ name: 'Conv1', filters: 8, kernelSize: 3, strides: 4, padding, useBias: false }),
    image,
  );
  x = then(tfl.layers.batchNormalization({ name: 'bn_Conv1' }), x);
  x = then(tfl.layers.reLU({ name: 'Conv1_relu', maxValue: 6 }), x);
  const side = then(tfl.layers.depthwiseConv2d({ name: 'dw', kernelSize: 3, padding, useBias: false }), x);
  x = tfl.layers.add({ name: 'block_add' }).apply([x, side]) as tfl.SymbolicTensor;
  x = then(tfl.layers.conv2d({ name: 'Conv_1', filters: 16, kernelSize: 1, useBias: false }), x);
  const mobilenet = tfl.model({ inputs: image, outputs: x, name: 'model1' });
  const pool = tfl.layers.globalAveragePooling2d({
    name: 'global_average_pooling2d_GlobalAveragePooling2D1',
  });
  const features = tfl.sequential({ layers: [mobilenet, pool], name: 'sequential_1' });
  const head = tfl.sequential({
    name: 'sequential_3',
    layers: [
      tfl.layers.dense({ name: 'dense_Dense1', units: 10, activation: 'relu', inputShape: [16] }),
      tfl.layers.dense({ name: 'dense_Dense2', units: 3, activation: 'softmax', useBias: false }),
    ],
  });
  return tfl.sequential({ layers: [features, head], name: 'sequential_4' });
}

it('an image model of Teachable Machine: Quick freezes its features, and its classification layer goes', async () => {
  const metadata = { packageName: '@teachablemachine/image', labels: ['a', 'b', 'c'], imageSize: 64 };
  const made = teachableMachine();
  const photo = tf.randomUniform([1, 64, 64, 3], -1, 1, 'float32', 3);
  const probabilities = [...(made.predict(photo) as tf.Tensor).dataSync()];
  const model = await zipOf(made, { 'metadata.json': JSON.stringify(metadata) });
  const found = await trainer.call('inspectModel', { model });
  expect(found).toMatchObject({
    inputSize: 64,
    embeddingSize: 10,
    classifier: { layers: ['dense_Dense2'], classes: 3 },
    guess: { range: 'symmetric-127.5', rangeWhy: expect.stringContaining('Teachable Machine') },
  });
  const backbone = guessedSettings(found, 'quick');
  expect(backbone).toEqual({
    kind: 'custom',
    inputSize: 64,
    range: 'symmetric-127.5',
    frozenUpTo: 'global_average_pooling2d_GlobalAveragePooling2D1',
    cutSoftmax: true,
  });
  const report = await trainer.call('train', {
    config: config('quick', backbone),
    data,
    verify: null,
    model,
  });
  expect(report.firstLosses.length).toBeGreaterThan(2);
  expect(report.best.trainAccuracy).toBeGreaterThan(0.5);
  const { file: archive, check } = await trainer.call('exportModel', { format: 'tfjs', name: 'tm' });
  expect(check.maxDifference).toBeLessThanOrEqual(1e-5);

  // Kept whole, it still gives what it gave before its networks were unfolded.
  await startBackend('cpu');
  const flat = await buildCustomModel(await readCustomModel(model), {
    inputSize: null,
    fresh: false,
    random: createRandom(1),
  });
  const input = tf.randomUniform([1, 64, 64, 3], -1, 1, 'float32', 3);
  const output = [...(flat.predict(input) as tf.Tensor).dataSync()];
  for (const [i, value] of probabilities.entries()) expect(output[i]).toBeCloseTo(value, 5);
  flat.dispose();
  const again = await trainer.call('inspectModel', { model: archive });
  expect(again).toMatchObject({ classifier: null, embeddingSize: 10 });
});
