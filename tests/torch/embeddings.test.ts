import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presets } from '../../src/config/presets.ts';
import type { MadeBackbone } from '../../src/config/training-config.ts';
import { safetensors } from '../../src/export/formats/safetensors.ts';
import { torch } from '../../src/export/formats/torch.ts';
import { rawEmbeddings } from '../../src/export/raw-embeddings.ts';
import { ProblemError } from '../../src/lib/problem.ts';
import { createRandom } from '../../src/lib/random.ts';
import { createBackbone } from '../../src/model/backbones/create-backbone.ts';
import { centresFor, disturb, exported, facesFor, type Subject } from './exported.ts';
import { python, pythonMisses, unpackInto } from './python.ts';

/** The networks of the folder for PyTorch, computed by it, against the page's. */

const LARGEST = 1e-4;
if (pythonMisses) console.warn(`Skipped: there is no ${pythonMisses}.`);
let root = '';
beforeAll(async () => {
  await tf.setBackend('cpu');
  root = mkdtempSync(join(tmpdir(), 'arcface-torch-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const made = (backbone: MadeBackbone) => (): tfl.LayersModel => createBackbone(backbone, createRandom(3));

/** Layers that our backbones lack, in an order that shows whether H, W, C stay what they are. */
function odd(): tfl.LayersModel {
  const input = tfl.input({ shape: [23, 23, 1] });
  const apply = (layer: tfl.layers.Layer, x: tfl.SymbolicTensor | tfl.SymbolicTensor[]) =>
    layer.apply(x) as tfl.SymbolicTensor; // symbolic tensors in give one out
  const { layers } = tfl;
  let x = apply(layers.rescaling({ scale: 0.5, offset: 0.1 }), input);
  const stem = { filters: 6, kernelSize: 5, strides: 2, padding: 'same', activation: 'relu' } as const;
  x = apply(layers.conv2d({ ...stem, name: 'train' }), x); // a name that PyTorch's containers have themselves
  x = apply(
    layers.depthwiseConv2d({ kernelSize: [3, 2], depthMultiplier: 2, name: 'a/b.c', padding: 'same' }),
    x,
  );
  x = apply(layers.batchNormalization({ scale: false }), x);
  x = apply(layers.prelu({}), x);
  const a = apply(
    layers.separableConv2d({ filters: 5, kernelSize: 3, padding: 'same', activation: 'tanh' }),
    x,
  );
  const b = apply(
    layers.conv2d({ filters: 5, kernelSize: 3, dilationRate: 2, padding: 'same', activation: 'softmax' }),
    x,
  );
  x = apply(layers.concatenate(), [apply(layers.average(), [a, b]), apply(layers.multiply(), [a, b]), x]);
  x = apply(layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }), x);
  x = apply(layers.maxPooling2d({ poolSize: [2, 3], strides: [1, 2], padding: 'same' }), x);
  x = apply(layers.upSampling2d({ size: [2, 1] }), x);
  x = apply(
    layers.zeroPadding2d({
      padding: [
        [1, 0],
        [2, 1],
      ] as never,
    }),
    x,
  );
  x = apply(
    layers.cropping2D({
      cropping: [
        [0, 1],
        [1, 0],
      ],
    }),
    x,
  );
  x = apply(layers.dense({ units: 4, activation: 'softplus' }), x);
  const inner = tfl.sequential({ layers: [layers.flatten({ inputShape: x.shape.slice(1) as number[] })] });
  const flat = apply(inner, x);
  const size = flat.shape[1] ?? 0;
  const map = apply(layers.reshape({ targetShape: [size / 4, 2, 2] }), flat);
  const pooled = [
    layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }),
    layers.globalMaxPooling2d({ dataFormat: 'channelsLast' }),
  ].map((l) => apply(l, map));
  const vector = apply(layers.maximum(), [
    apply(layers.dense({ units: 7, activation: 'swish' }), apply(layers.concatenate(), [flat, ...pooled])),
    apply(layers.leakyReLU({ alpha: 0.2 }), apply(layers.dense({ units: 7, useBias: false }), flat)),
  ]);
  return tfl.model({ inputs: input, outputs: vector });
}

async function pretrained(): Promise<tfl.LayersModel> {
  const folder = join(import.meta.dirname, '..', '..', 'public', 'models', 'mobilefacenet');
  const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
  const weightData = new Uint8Array(readFileSync(join(folder, 'weights.bin'))).buffer;
  const weightSpecs = weightsManifest[0].weights;
  return tfl.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}

const NETWORKS: Readonly<Record<string, () => tfl.LayersModel | Promise<tfl.LayersModel>>> = {
  'small CNN': made({ kind: 'small-cnn', inputSize: 32, embeddingSize: 16 }),
  VGG8: made({ kind: 'vgg8', inputSize: 32, embeddingSize: 16, dropout: 0.3 }),
  MobileFaceNet: made({ kind: 'mobilefacenet', inputSize: 48, embeddingSize: 16, width: 1 }),
  'IResNet-18': made({ kind: 'iresnet-18', inputSize: 32, embeddingSize: 16, dropout: 0.2 }),
  'pretrained MobileFaceNet': pretrained,
  'a custom model': odd,
};

const EMBED = `
import sys, torch
from model import load
network, config, centres = load(".")
shape = [int(size) for size in sys.argv[1].split(",")]
faces = torch.frombuffer(bytearray(open("faces.bin", "rb").read()), dtype=torch.float32).reshape(shape)
with torch.no_grad():
    embeddings = network(faces.permute(0, 3, 1, 2))
print(torch.nn.functional.normalize(embeddings).reshape(-1).tolist())
`;

async function subject(model: tfl.LayersModel): Promise<Subject> {
  disturb(model, createRandom(5));
  const people = centresFor(model, ['Ada', 'Bo'], createRandom(6));
  return { model, people, config: presets.scratch, scale: 8 };
}

describe.each(Object.entries(NETWORKS))('%s', (name, build) => {
  let one: Subject;
  let file: Blob;
  beforeAll(async () => {
    one = await subject(await build());
    file = (await exported(torch, one)).file; // checked as every download is
  });
  afterAll(() => one.model.dispose());

  it.skipIf(pythonMisses)('gives the same embeddings in PyTorch', async () => {
    const folder = await unpackInto(join(root, name), file);
    const faces = facesFor(one.model, 2);
    writeFileSync(join(folder, 'faces.bin'), new Uint8Array((await faces.data()).slice().buffer));
    const got: number[] = JSON.parse(await python(folder, '-c', EMBED, faces.shape.join(',')));
    const raw = await rawEmbeddings(one.model, faces);
    const size = raw.length / 2;
    const wanted = [...raw].map((value, i) => {
      const first = Math.floor(i / size) * size;
      return value / Math.hypot(...raw.subarray(first, first + size));
    });
    const largest = Math.max(...wanted.map((value, i) => Math.abs(value - (got[i] ?? Number.NaN))));
    console.warn(`${name}: largest difference to PyTorch ${largest.toExponential(1)}`);
    expect(got).toHaveLength(wanted.length);
    expect(largest).toBeLessThan(LARGEST);
  });
});

it('a .safetensors file has the same weights, and its header says how they are computed', async () => {
  const one = await subject(odd());
  const { check } = await exported(safetensors, one);
  expect(check.maxDifference).toBeLessThan(1e-5);
  one.model.dispose();
});

it('a layer that cannot be written is named', async () => {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2dTranspose({ name: 'up', filters: 2, kernelSize: 2, inputShape: [8, 8, 3] }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 4 }),
    ],
  });
  const failing = exported(torch, await subject(model));
  await expect(failing).rejects.toThrow(ProblemError);
  await expect(failing).rejects.toThrow(/"up" \(Conv2DTranspose\).*PyTorch/);
});
