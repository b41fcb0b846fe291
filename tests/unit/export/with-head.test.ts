import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { margins, parseMargin } from '../../../src/config/margin.ts';
import { presets } from '../../../src/config/presets.ts';
import type { TrainingConfig } from '../../../src/config/training-config.ts';
import { drawnPictures } from '../../../src/export/check/test-pictures.ts';
import { tfjs, tfjsWithHead } from '../../../src/export/formats/tfjs.ts';
import { loadModelZip } from '../../../src/export/load.ts';
import type { Manifest } from '../../../src/export/manifest.ts';
import { exportFormats, formatOf } from '../../../src/export/registry.ts';
import { openWithHead } from '../../../src/export/with-head/check-head.ts';
import { headDifferences } from '../../../src/export/with-head/head-margin.ts';
import { readArchive, writeArchive } from '../../../src/lib/archive.ts';
import { present } from '../../../src/lib/assert.ts';
import { ProblemError } from '../../../src/lib/problem.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { createBackbone } from '../../../src/model/backbones/create-backbone.ts';
import { readCustomModel } from '../../../src/model/custom-model/read.ts';
import { pixelsToTensor } from '../../../src/model/preprocess.ts';
import { manifestOf } from '../../fixtures/manifest.ts';
import { unsettle } from '../../fixtures/odd-network.ts';

/** The download for TensorFlow.js with the ArcFace head. */

const none = new AbortController().signal;
const created = new Date('2026-01-02T03:04:05Z');
const EDGE = 32;
const SIZE = 8;
const range = { mean: [127.5, 127.5, 127.5], divisor: [128, 128, 128] } as const;

let model: tfl.LayersModel;
let faces: tf.Tensor4D;
beforeAll(async () => {
  await tf.setBackend('cpu');
  model = createBackbone({ kind: 'small-cnn', inputSize: EDGE, embeddingSize: SIZE }, createRandom(1));
  unsettle(model, createRandom(2));
  faces = pixelsToTensor(drawnPictures(4, EDGE), EDGE);
});

function centres(count: number): Manifest['people'] {
  const random = createRandom(3);
  return Array.from({ length: count }, (_, k) => {
    const row = Array.from({ length: SIZE }, () => random.normal());
    const length = Math.hypot(...row);
    return { name: `Person ${k}`, centre: row.map((value) => Number((value / length).toPrecision(8))) };
  });
}

const manifestFor = (training: Partial<TrainingConfig> = {}, people = centres(3)): Manifest => ({
  ...manifestOf({ inputSize: EDGE, channels: 3, embeddingSize: SIZE, range }),
  people,
  scale: { value: 20, why: 'a test' },
  training: { ...presets.scratch, ...training },
});
const write = (manifest = manifestFor()): Promise<Blob> =>
  tfjsWithHead.write({ model, manifest, created }, none);
const filesOf = async (zip: Blob): Promise<Map<string, Uint8Array<ArrayBuffer>>> => readArchive(zip);
const textOf = (files: ReadonlyMap<string, Uint8Array>, name: string): string =>
  new TextDecoder().decode(present(files.get(name), name));

describe('a download with its head', () => {
  it('holds three files more, the weights of the network once, and is the same twice', async () => {
    const before = tf.memory().numTensors;
    const zip = await write();
    const files = await filesOf(zip);
    const plain = await filesOf(await tfjs.write({ model, manifest: manifestFor(), created }, none));
    expect([...files.keys()]).toEqual([
      ...plain.keys(),
      'model-with-head.json',
      'head.bin',
      'arcface-layer.js',
    ]);
    expect(files.get('weights.bin')).toEqual(plain.get('weights.bin'));
    expect(files.get('head.bin')).toHaveLength(3 * SIZE * 4);
    await tfjsWithHead.verify(zip, faces);
    expect(tf.memory().numTensors).toBe(before);
    expect(new Uint8Array(await (await write()).arrayBuffer())).toEqual(
      new Uint8Array(await zip.arrayBuffer()),
    );
  });

  it("has the layer's code as one module whose only import is TensorFlow.js", async () => {
    const code = textOf(await filesOf(await write()), 'arcface-layer.js');
    expect(code.match(/\bfrom\s*["'][^"']+["']|\bimport\(/g)).toEqual(['from"@tensorflow/tfjs"']);
    expect(code).toMatch(/export\{\w+ as ArcFace\}/);
  });

  it('is still a model of this program: opened, and its training continued', async () => {
    const zip = await write();
    const opened = await loadModelZip(zip);
    opened.model.dispose();
    const custom = await readCustomModel(zip);
    expect(custom.parameters).toBe(model.countParams());
  });

  it.each(margins.map(({ kind }) => kind))('%s: passes its check', async (kind) => {
    const manifest = manifestFor({ margin: parseMargin({ kind }) });
    await expect(tfjsWithHead.verify(await write(manifest), faces)).resolves.toHaveLength(4 * SIZE);
  });

  it('gives scale * cosine to the centres, with the margin where labels are given', async () => {
    const manifest = manifestFor({ margin: parseMargin({ kind: 'cosface', m3: 0.25 }) });
    const files = await filesOf(await write(manifest));
    const whole = await openWithHead(files, manifest);
    const labels = tf.tensor2d([0, 1, 2, 0], [4, 1], 'int32');
    const logits = (whole.model.predict([faces, labels]) as tf.Tensor2D).arraySync();
    const embeddings = (model.predict(faces) as tf.Tensor2D).arraySync();
    embeddings.forEach((row, i) => {
      manifest.people.forEach(({ centre }, k) => {
        const dot = row.reduce((sum, value, d) => sum + value * present(centre[d], 'a number'), 0);
        const cosine = dot / Math.hypot(...row) / Math.hypot(...centre);
        const margin = [0, 1, 2, 0][i] === k ? 0.25 : 0;
        expect(Math.abs(present(logits[i]?.[k], 'a logit') - 20 * (cosine - margin))).toBeLessThan(1e-4);
      });
    });
    whole.model.dispose();
  });

  it('freezes what a Quick run did not train, and nothing of another run', async () => {
    const trainable = async (training: Partial<TrainingConfig>): Promise<boolean[]> => {
      const manifest = manifestFor(training);
      const { model: whole } = await openWithHead(await filesOf(await write(manifest)), manifest);
      const result = whole.layers.filter(({ weights }) => weights.length > 0).map((layer) => layer.trainable);
      whole.dispose();
      return result;
    };
    expect(await trainable({})).not.toContain(false);
    const cut = present(
      model.layers.filter(({ weights }) => weights.length > 0).at(-2),
      'the layer before the last',
    );
    const frozen = await trainable({
      preset: 'quick',
      backbone: {
        kind: 'custom',
        cutSoftmax: false,
        inputSize: EDGE,
        range: 'symmetric-128',
        frozenUpTo: cut.name,
      },
    });
    expect(frozen.lastIndexOf(false)).toBe(frozen.length - 3);
    expect(frozen.slice(-2)).toEqual([true, true]);
  });

  it('says what differs from the run', () => {
    const { scratch } = presets;
    expect(headDifferences({ ...scratch, labelSmoothing: 0 })).toEqual([]);
    expect(headDifferences({ ...scratch, margin: parseMargin({ kind: 'sub-center' }) })[0]).toMatch(
      /3 sub-centres per class/,
    );
    expect(headDifferences({ ...scratch, labelSmoothing: 0.1 }).at(-1)).toMatch(/label smoothing.* 0\.1/);
  });

  it('needs two people, and is refused by other formats in a sentence', async () => {
    await expect(write(manifestFor({}, centres(1)))).rejects.toThrow(/1 people, .* needs two or more/);
    expect(formatOf('tfjs', true)).toBe(tfjsWithHead);
    expect(() => formatOf('onnx', true)).toThrow(/for ONNX .* cannot have the ArcFace head/);
    expect(exportFormats.filter(({ withHead }) => withHead)).toEqual([tfjs]);
  });
});

type Files = Map<string, Uint8Array<ArrayBuffer>>;
const editText =
  (name: string, edit: (text: string) => string) =>
  (files: Files): void => {
    const [before, after] = [textOf(files, name), edit(textOf(files, name))];
    if (after === before) throw new Error('the edit changed nothing');
    files.set(name, new TextEncoder().encode(after));
  };

describe('the head of a zip from anywhere', () => {
  it.each<[string, (files: Files) => void, RegExp]>([
    ['missing', (files) => files.delete('model-with-head.json'), /lacks model-with-head\.json/],
    ['without its centres', (files) => files.delete('head.bin'), /lacks the weights file "head\.bin"/],
    [
      'cut off',
      (files) => files.set('head.bin', present(files.get('head.bin'), 'head.bin').slice(4)),
      /92 bytes where the model needs 96/,
    ],
    [
      'of another size than its centres',
      editText('model-with-head.json', (text) => text.replace('"units":3', '"units":4')),
      /cannot be built/,
    ],
    [
      'of other people than the manifest has',
      editText('manifest.json', (text) => JSON.stringify({ ...JSON.parse(text), people: centres(2) })),
      /tells 3 people apart by 8 numbers, but its manifest names 2 people/,
    ],
    [
      'of absurd size',
      editText('model-with-head.json', (text) => text.replace('"units":3', '"units":2000000000')),
      /absurd size/,
    ],
    [
      'with a margin that is none',
      editText('model-with-head.json', (text) => text.replace('"kind":"arcface"', '"kind":"arcade"')),
      /cannot be built: That is not a known margin/,
    ],
    [
      'with a layer that is none',
      editText('model-with-head.json', (text) => text.replace('"Dense"', '"Lambda"')),
      /"Lambda"/,
    ],
    [
      'that is not at the end',
      editText('model-with-head.json', (text) => textEndingInDense(text)),
      /does not end in an ArcFace layer/,
    ],
    [
      'with other centres',
      (files) => files.set('head.bin', present(files.get('head.bin'), 'head.bin').slice().reverse()),
      /cosines or loss differ by .* is not offered/,
    ],
    [
      'with another scale',
      editText('model-with-head.json', (text) => text.replace('"scale":20', '"scale":21')),
      /cosines or loss differ by .* is not offered/,
    ],
    [
      'with another margin',
      editText('model-with-head.json', (text) => text.replace('"m":0.5', '"m":0.4')),
      /cosines or loss differ by .* is not offered/,
    ],
  ])('%s: a sentence', async (_, change, message) => {
    const files: Files = new Map(await filesOf(await write()));
    change(files);
    const zip = await writeArchive(
      [...files].map(([name, data]) => ({ name, data })),
      created,
    );
    const verified = tfjsWithHead.verify(zip, faces);
    await expect(verified).rejects.toBeInstanceOf(ProblemError);
    await expect(verified).rejects.toThrow(message);
  });
});

/** The plain network of the same zip, in the place of the whole. */
function textEndingInDense(text: string): string {
  const json = JSON.parse(text);
  const { layers } = json.modelTopology.config;
  json.modelTopology.config.layers = layers
    .slice(0, -1)
    .filter(({ name }: { name: string }) => name !== 'labels');
  json.modelTopology.config.input_layers = json.modelTopology.config.input_layers.slice(0, 1);
  json.modelTopology.config.output_layers = [[layers.at(-1).inbound_nodes[0][0][0], 0, 0]];
  json.weightsManifest = json.weightsManifest.slice(0, 1);
  return JSON.stringify(json);
}
