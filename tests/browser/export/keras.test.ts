import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { TrainReport } from '../../../src/domain/training-report.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { type ExportInput, exportModel } from '../../../src/export/export-model.ts';
import { h5 } from '../../../src/export/formats/h5.ts';
import { keras } from '../../../src/export/formats/keras.ts';
import { readArchive } from '../../../src/lib/archive.ts';
import { present } from '../../../src/lib/assert.ts';
import { ProblemError } from '../../../src/lib/problem.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { mobileFaceNet } from '../../../src/model/backbones/mobilefacenet/build.ts';
import { loadForFineTuning } from '../../../src/model/backbones/pretrained.ts';
import { iresNet } from '../../../src/model/backbones/shared/iresnet.ts';
import { smallCnn } from '../../../src/model/backbones/small-cnn/build.ts';
import { vgg8 } from '../../../src/model/backbones/vgg8/build.ts';

const { layers: L } = tfl;
const none = new AbortController().signal;
const random = () => createRandom(5);
const epoch: TrainReport['best'] = {
  ...{ epoch: 1, step: 3, loss: 1, trainAccuracy: 1, heldOutAccuracy: null, heldOutLoss: null, best: true },
  verification: null,
  angles: { binWidth: 3, target: [], nearestOther: [], targetMean: 0, nearestOtherMean: 0 },
};
const report: TrainReport = {
  config: presets.scratch,
  backend: { name: 'simd', why: 'a test', device: '', threads: 1 },
  split: {
    ...{ trainPeople: 1, trainPhotos: 4, heldOutPhotos: 0, verificationPeople: [], verificationPhotos: 0 },
    notMeasured: [],
  },
  scale: { value: 12, why: 'set by hand' },
  ...{ baseline: epoch, best: epoch, evaluated: { faces: 4, of: 4 }, curve: [], verify: null },
  seconds: { prepare: 1, train: 1, evaluate: 1 },
  ...{ imagesPerSecond: 1, stopped: false, remarks: [], firstLosses: [1] },
};

function inputOf(model: tfl.LayersModel): Omit<ExportInput, 'format'> {
  const edge = present(model.inputs[0]?.shape[1], 'edge');
  const channels = present(model.inputs[0]?.shape[3], 'channels');
  const centre = Float32Array.from({ length: present(model.outputs[0]?.shape[1], 'size') }, (_, i) =>
    i === 0 ? 1 : 0,
  );
  const sampleFaces = tf.randomUniform<tf.Rank.R4>([2, edge, edge, channels], -1, 1, 'float32', 7);
  return {
    ...{ model, report, operatingPoint: 'equal-error-rate', people: [{ name: 'A', centre }], sampleFaces },
    ...{ name: 'mine', created: new Date('2026-01-02T03:04:05Z') },
  };
}

/** Norms with moving averages that are not 0 and 1, and weights of no regular size. */
function stirred(model: tfl.LayersModel): tfl.LayersModel {
  for (const [i, weight] of model.weights.entries()) {
    const change = tf.randomUniform(weight.read().shape, 0.9, 1.1, 'float32', i + 1);
    weight.write(tf.mul(weight.read(), change));
  }
  return model;
}

beforeAll(() => startBackend('simd'));
afterEach(() => vi.unstubAllGlobals());

const sized = { inputSize: 32, embeddingSize: 16 };
const backbones: readonly (readonly [string, () => tfl.LayersModel | Promise<tfl.LayersModel>])[] = [
  ['small CNN', () => smallCnn(32, 16, random())],
  ['VGG8', () => vgg8({ shape: [32, 32, 3], embeddingSize: 16, dropout: 0.5 }, random())],
  ['MobileFaceNet', () => mobileFaceNet({ ...sized, width: 1 }, random())],
  ['MobileFaceNet of double width', () => mobileFaceNet({ ...sized, width: 2 }, random())],
  ['IResNet-18', () => iresNet({ ...sized, depth: 18, dropout: 0.4 }, random())],
  ['pretrained MobileFaceNet', () => loadForFineTuning({ kind: 'pretrained-mobilefacenet' }, 'all')],
  ['pretrained dlib', () => loadForFineTuning({ kind: 'pretrained-dlib' }, 'all')],
];

describe.each([keras, h5])('$label', (format) => {
  it.each(backbones)('%s: the file gives the embeddings of the model', async (_, make) => {
    const model = stirred(await make());
    const input = inputOf(model);
    const { name, check } = await exportModel({ ...input, format }, none);
    expect(name).toBe(`mine${format.extension}`);
    expect(check.faces).toBe(2);
    expect(check.maxDifference).toBeLessThanOrEqual(1e-5);
    model.dispose();
    input.sampleFaces.dispose();
  });

  it('a network within a network, used twice, is written by its layers', async () => {
    const inner = tfl.input({ shape: [4], name: 'inner' });
    const dense = L.dense({ units: 4, activation: 'tanh', name: 'again' });
    const twice = tfl.model({
      inputs: inner,
      outputs: dense.apply(inner) as tfl.SymbolicTensor,
      name: 'twice',
    });
    const face = tfl.input({ shape: [8, 8, 1] });
    const stem = tfl.sequential({
      layers: [L.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3 }), L.globalAveragePooling2d({})],
    });
    const x = stem.apply(face) as tfl.SymbolicTensor;
    const y = twice.apply(twice.apply(x)) as tfl.SymbolicTensor;
    const model = tfl.model({ inputs: face, outputs: L.concatenate().apply([x, y]) as tfl.SymbolicTensor });
    const { check, file } = await exportModel({ ...inputOf(model), format }, none);
    expect(check.maxDifference).toBeLessThanOrEqual(1e-5);
    const files = await readArchive(file);
    expect([...files.keys()]).toEqual(['README.md', 'MODEL_CARD.md', 'manifest.json', `model.${format.id}`]);
  });

  it('a layer that Keras computes otherwise is named, and nothing is offered', async () => {
    const model = tfl.sequential({
      layers: [
        L.upSampling2d({ inputShape: [8, 8, 3], name: 'larger', size: [2, 2], interpolation: 'bilinear' }),
        L.flatten(),
        L.dense({ units: 3 }),
      ],
    });
    const exporting = exportModel({ ...inputOf(model), format }, none);
    await expect(exporting).rejects.toBeInstanceOf(ProblemError);
    await expect(exporting).rejects.toThrow(/The layer "larger" interpolates otherwise/);
  });

  it('is the same twice, leaves no tensors behind, and asks nobody for anything', async () => {
    const input = inputOf(stirred(smallCnn(32, 8, random())));
    const first = await exportModel({ ...input, format }, none);
    const tensors = tf.memory().numTensors;
    const fetch = vi.fn();
    vi.stubGlobal('fetch', fetch);
    const again = await exportModel({ ...input, format }, none);
    const bytes = new Uint8Array(await again.file.arrayBuffer());
    const before = new Uint8Array(await first.file.arrayBuffer());
    expect(bytes.length).toBe(before.length);
    expect(bytes.findIndex((byte, i) => byte !== before[i])).toBe(-1);
    expect(tf.memory().numTensors).toBe(tensors);
    expect(fetch).not.toHaveBeenCalled();
  });

  it('a file whose weights were changed is found out', async () => {
    const input = inputOf(stirred(smallCnn(32, 8, random())));
    const broken = {
      ...format,
      write: (exported: Parameters<typeof format.write>[0], signal: AbortSignal) => {
        const model = smallCnn(32, 8, createRandom(6));
        return format.write({ ...exported, model }, signal);
      },
    };
    await expect(exportModel({ ...input, format: broken }, none)).rejects.toThrow(/is not offered/);
  });
});
