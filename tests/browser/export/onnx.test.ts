import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as ort from 'onnxruntime-web/wasm';
import { Reader } from 'protobufjs/minimal.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { backbones } from '../../../src/config/backbone.ts';
import { startBackend } from '../../../src/engine/selection/start-backend.ts';
import { drawnPictures } from '../../../src/export/check/test-pictures.ts';
import { writeChecked } from '../../../src/export/check/write-checked.ts';
import { convertModel } from '../../../src/export/convert-model.ts';
import type { ExportFormat } from '../../../src/export/formats/format.ts';
import { onnx } from '../../../src/export/formats/onnx.ts';
import { onnxRaw } from '../../../src/export/formats/onnx-raw.ts';
import { tfjs } from '../../../src/export/formats/tfjs.ts';
import { toOnnx } from '../../../src/export/onnx/convert.ts';
import { encodeModel } from '../../../src/export/onnx/encode.ts';
import type { InputRange } from '../../../src/export/onnx/input.ts';
import { rawEmbeddings } from '../../../src/export/raw-embeddings.ts';
import { readArchive } from '../../../src/lib/archive.ts';
import { present } from '../../../src/lib/assert.ts';
import { PIXEL_RANGES, type PixelRange, STANDARD_RANGE } from '../../../src/lib/pixel-range.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { createBackbone } from '../../../src/model/backbones/create-backbone.ts';
import { loadForFineTuning } from '../../../src/model/backbones/pretrained.ts';
import { vgg8 } from '../../../src/model/backbones/vgg8/build.ts';
import { inputChannels, inputEdge } from '../../../src/model/embed.ts';
import { pixelsToTensor } from '../../../src/model/preprocess.ts';
import { manifestOf } from '../../fixtures/manifest.ts';
import { oddNetwork, unsettle } from '../../fixtures/odd-network.ts';
import { listShared, readShared } from '../shared.ts';

const none = new AbortController().signal;
const TOLERANCE = 1e-4;
const TAKEN = ['bytes', 'symmetric'] as const;

beforeAll(async () => {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: wasmUrl };
  await startBackend('simd');
});

interface Network {
  readonly model: tfl.LayersModel;
  readonly range: PixelRange;
}

async function bytesOf({ model, range }: Network, taken: InputRange['taken'], foldNorms = true) {
  const graph = await toOnnx(model, { range: { taken, wanted: range }, foldNorms }, none);
  return encodeModel(graph, { name: 'test', version: '1' });
}

/** Pictures as such a file takes them, [B, 3, S, S]. */
function inputOf(pictures: readonly Uint8Array[], size: number, taken: InputRange['taken']): ort.Tensor {
  const values = new Float32Array(pictures.length * 3 * size * size);
  pictures.forEach((picture, row) => {
    picture.forEach((byte, i) => {
      const [pixel, channel] = [Math.floor(i / 3), i % 3];
      const at = (row * 3 + channel) * size * size + pixel;
      values[at] = taken === 'bytes' ? byte : (byte - 127.5) / 127.5;
    });
  });
  return new ort.Tensor('float32', values, [pictures.length, 3, size, size]);
}

async function runWithOnnxRuntime(bytes: Uint8Array, input: ort.Tensor): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });
  try {
    expect([session.inputNames, session.outputNames]).toEqual([['data'], ['embedding']]);
    const { embedding } = await session.run({ data: input });
    return Float32Array.from((await present(embedding, 'the embedding').getData()) as Float32Array);
  } finally {
    await session.release();
  }
}

/** What the page computes of pictures: raw embeddings. */
async function wantedOf({ model, range }: Network, pictures: readonly Uint8Array[]): Promise<Float32Array> {
  const faces = pixelsToTensor(pictures, inputEdge(model), range, inputChannels(model));
  const values = await rawEmbeddings(model, faces);
  faces.dispose();
  return values;
}

/** Largest difference of rows made 1 long. */
function difference(a: Float32Array, b: Float32Array, rows: number): number {
  expect(b.length).toBe(a.length);
  const size = a.length / rows;
  const unit = (values: Float32Array): Float32Array =>
    values.map((value, i) => value / Math.hypot(...values.subarray(i - (i % size), i - (i % size) + size)));
  const other = unit(b);
  // Written so that NaN, too, is a failure.
  return unit(a).reduce((most, value, i) => {
    const apart = Math.abs(value - (other[i] ?? Number.NaN));
    return apart <= most ? most : Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart;
  }, 0);
}

async function expectSame(network: Network, count = 2): Promise<void> {
  const size = inputEdge(network.model);
  const pictures = drawnPictures(count, size);
  const wanted = await wantedOf(network, pictures);
  expect(Math.hypot(...wanted)).toBeGreaterThan(0.01);
  for (const taken of TAKEN) {
    const got = await runWithOnnxRuntime(await bytesOf(network, taken), inputOf(pictures, size, taken));
    const apart = difference(wanted, got, count);
    console.warn(`${network.model.name} ${taken}: ${apart.toExponential(1)}`);
    expect(apart).toBeLessThan(TOLERANCE);
  }
}

describe('ONNX Runtime gives the embeddings of the page for', () => {
  it.each(backbones.filter(({ origin }) => origin === 'made').map(({ kind }) => kind))('%s', async (kind) => {
    const meta = present(
      backbones.find((one) => one.kind === kind),
      'a backbone',
    );
    const [choice] = meta.choices;
    const config = meta.schema.parse({ ...choice?.value, inputSize: 32, embeddingSize: 64 });
    if (
      config.kind === 'custom' ||
      config.kind === 'pretrained-dlib' ||
      config.kind === 'pretrained-mobilefacenet'
    ) {
      throw new Error('only those that are made here');
    }
    const model = createBackbone(config, createRandom(3));
    unsettle(model, createRandom(4));
    await expectSame({ model, range: STANDARD_RANGE });
    model.dispose();
  });

  it.each(['pretrained-mobilefacenet', 'pretrained-dlib'] as const)('%s at its full size', async (kind) => {
    const model = await loadForFineTuning({ kind }, 'all');
    await expectSame({ model, range: STANDARD_RANGE });
    model.dispose();
  });

  it.each([
    'imagenet',
    'unit',
    'bytes',
    'symmetric-127.5',
  ] as const)('a grey network, and one in colour, that takes "%s"', async (name) => {
    const range = PIXEL_RANGES[name];
    for (const channels of [1, 3]) {
      const model = vgg8({ shape: [16, 16, channels], embeddingSize: 8, dropout: 0.5 }, createRandom(1));
      unsettle(model, createRandom(2));
      await expectSame({ model, range });
      model.dispose();
    }
  });

  it('a network of odd layers and networks in it, with its norms folded or as nodes', async () => {
    const model = oddNetwork();
    unsettle(model, createRandom(5));
    const network = { model, range: STANDARD_RANGE };
    await expectSame(network);
    const pictures = drawnPictures(2, 23);
    const input = inputOf(pictures, 23, 'bytes');
    const unfolded = await runWithOnnxRuntime(await bytesOf(network, 'bytes', false), input);
    expect(difference(await wantedOf(network, pictures), unfolded, 2)).toBeLessThan(TOLERANCE);
    model.dispose();
  });
});

describe('a download', () => {
  const network = (): Network => {
    const model = vgg8({ shape: [16, 16, 3], embeddingSize: 8, dropout: 0.5 }, createRandom(1));
    unsettle(model, createRandom(2));
    return { model, range: STANDARD_RANGE };
  };
  const manifest = manifestOf({ inputSize: 16, channels: 3, embeddingSize: 8, range: STANDARD_RANGE });
  const input = { manifest, created: new Date(manifest.created), name: 'x' };

  it.each([
    onnx,
    onnxRaw,
  ] as ExportFormat[])('$id: is checked by a reader of its own, and leaves no tensors behind', async (format) => {
    const { model } = network();
    const sampleFaces = pixelsToTensor(drawnPictures(3, 16), 16);
    const before = tf.memory().numTensors;
    const { name, file, check } = await writeChecked({ ...input, format, model, sampleFaces }, none);
    expect(tf.memory().numTensors).toBe(before);
    expect(name).toBe(`x${format.extension}`);
    expect(check.maxDifference).toBeLessThan(TOLERANCE);
    const files = await readArchive(file);
    expect([...files.keys()]).toEqual(['README.md', 'MODEL_CARD.md', 'manifest.json', 'model.onnx']);
    const readme = new TextDecoder().decode(files.get('README.md'));
    expect(readme).not.toContain('<b>');
    expect(readme).toMatch(/112 x 112.*16 x 16/s);
    const again = await format.write({ model, ...input }, none);
    expect(new Uint8Array(await again.arrayBuffer())).toEqual(new Uint8Array(await file.arrayBuffer()));
    // The check is one: the file of another network fails it.
    const other = network().model;
    unsettle(other, createRandom(9));
    const wrong: ExportFormat = {
      ...format,
      write: (_, signal) => format.write({ model: other, ...input }, signal),
    };
    await expect(writeChecked({ ...input, format: wrong, model, sampleFaces }, none)).rejects.toThrow(
      /differ by/,
    );
    model.dispose();
    other.dispose();
  });

  it('of TensorFlow.js is written as another without its photos', async () => {
    const { model } = network();
    const zip = await tfjs.write({ model, ...input }, none);
    const { name, check } = await convertModel({ format: onnx, model: zip, name: 'x' }, none);
    expect(name).toBe('x.onnx.zip');
    expect(check).toMatchObject({ faces: 8 });
    expect(check.maxDifference).toBeLessThan(TOLERANCE);
    await expect(convertModel({ format: onnx, model: new Blob(['x']), name: 'x' }, none)).rejects.toThrow(
      /no zip/,
    );
    model.dispose();
  });

  it('names the layer that cannot be written', async () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.conv2dTranspose({ inputShape: [8, 8, 3], filters: 2, kernelSize: 2, name: 'upwards' }),
        tfl.layers.flatten(),
      ],
    });
    const range = { taken: 'bytes', wanted: STANDARD_RANGE } as const;
    await expect(toOnnx(model, { range, foldNorms: true }, none)).rejects.toThrow(
      /"upwards" \(Conv2DTranspose\)/,
    );
    const first = tfl.sequential({
      layers: [
        tfl.layers.averagePooling2d({
          inputShape: [8, 8, 3],
          poolSize: 2,
          dataFormat: 'channelsFirst',
          name: 'first',
        }),
        tfl.layers.flatten(),
      ],
    });
    await expect(toOnnx(first, { range, foldNorms: true }, none)).rejects.toThrow(/"first".*dataFormat/);
  });
});

/** Names of the first nodes of a file, read field by field: ModelProto.graph = 7, GraphProto.node = 1, NodeProto.name = 3. */
function firstNodes(bytes: Uint8Array, count: number): string[] {
  const names: string[] = [];
  const within = (reader: Reader, field: number, read: () => void): void => {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag >>> 3 === field) read();
      else reader.skipType(tag & 7);
    }
  };
  const model = Reader.create(bytes);
  within(model, 7, () => {
    const graph = Reader.create(model.bytes());
    within(graph, 1, () => {
      const node = Reader.create(graph.bytes());
      within(node, 3, () => names.push(node.string()));
    });
  });
  return names.slice(0, count);
}

/** What insightface's ArcFaceONNX hands over: bytes where the first nodes are named like a scaling, else (x - 127.5) / 127.5. */
function insightfaceInput(bytes: Uint8Array, face: Uint8Array): ort.Tensor {
  const first = firstNodes(bytes, 8);
  const has = (...starts: string[]) => first.some((name) => starts.some((start) => name.startsWith(start)));
  return inputOf([face], 112, has('Sub', '_minus') && has('Mul', '_mul') ? 'bytes' : 'symmetric');
}

it('programs that follow the rules of insightface, OpenCV and Immich get the embedding of the page', async ({
  skip,
}) => {
  const [path] = (await listShared('reference/mobilefacenet')).filter((one) => one.endsWith('.png'));
  if (path === undefined) return skip('shared/ is not there');
  const bitmap = await createImageBitmap(await readShared(path));
  const context = present(new OffscreenCanvas(112, 112).getContext('2d'), 'a context');
  context.drawImage(bitmap, 0, 0);
  const face = Uint8Array.from(context.getImageData(0, 0, 112, 112).data.filter((_, i) => i % 4 !== 3));

  const model = await loadForFineTuning({ kind: 'pretrained-mobilefacenet' }, 'all');
  const network = { model, range: STANDARD_RANGE };
  const wanted = await wantedOf(network, [face]);
  const [bytes, raw] = [await bytesOf(network, 'bytes'), await bytesOf(network, 'symmetric')];
  expect(firstNodes(bytes, 2)).toEqual(['Sub', 'Mul']);
  const inputs = [
    [bytes, insightfaceInput(bytes, face)],
    [bytes, inputOf([face], 112, 'bytes')], // OpenCV: always
    [raw, insightfaceInput(raw, face)],
    [raw, inputOf([face], 112, 'symmetric')], // Immich, Frigate: always
  ] as const;
  for (const [file, input] of inputs) {
    expect(difference(wanted, await runWithOnnxRuntime(file, input), 1)).toBeLessThan(TOLERANCE);
  }
  model.dispose();
});
