import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { BlobReader, BlobWriter, TextReader, Uint8ArrayReader, ZipReader, ZipWriter } from '@zip.js/zip.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import type { OperatingPointName } from '../../../src/domain/operating-point.ts';
import type { EpochReport, TrainReport } from '../../../src/domain/training-report.ts';
import type { VerificationReport } from '../../../src/domain/verification.ts';
import { type ExportInput, exportModel } from '../../../src/export/export-model.ts';
import type { ExportFormat } from '../../../src/export/formats/format.ts';
import { tfjs } from '../../../src/export/formats/tfjs.ts';
import { loadModelZip } from '../../../src/export/load.ts';
import { rawEmbeddings } from '../../../src/export/raw-embeddings.ts';
import { writeReadme } from '../../../src/export/readme.ts';
import { exportFormats, formatOf } from '../../../src/export/registry.ts';
import { readArchive } from '../../../src/lib/archive.ts';
import { present } from '../../../src/lib/assert.ts';
import { CancelledError, ProblemError } from '../../../src/lib/problem.ts';
import { createRandom } from '../../../src/lib/random.ts';

const EVIL = '<img src=x onerror=alert(1)>\n# `name` \u202e | \ud800';
const EDGE = 32;
const SIZE = 8;

const verification: VerificationReport = {
  genuinePairs: 12,
  impostorPairs: 30,
  roc: [
    { far: 0, tar: 0 },
    { far: 1, tar: 1 },
  ],
  auc: 0.9,
  eer: 0.2,
  accuracy: 0.85,
  folds: 10,
  tarAtFar: { '1e-1': null, '1e-2': null, '1e-3': null },
  operatingPoints: [
    { name: 'equal-error-rate', threshold: 0.5, far: 0.1, frr: 0.2 },
    { name: 'best-accuracy', threshold: 0.25, far: 0.3, frr: 0.05 },
  ],
  threshold: 0.5,
  far: 0.1,
  frr: 0.2,
};
const operatingPoint: OperatingPointName = 'equal-error-rate';
const epoch: EpochReport = {
  epoch: 3,
  step: 30,
  loss: 1.5,
  trainAccuracy: 0.9,
  heldOutAccuracy: null,
  heldOutLoss: null,
  verification,
  angles: { binWidth: 3, target: [], nearestOther: [], targetMean: 0, nearestOtherMean: 0 },
  best: true,
};
const report: TrainReport = {
  config: presets.scratch,
  backend: { name: 'cpu', why: 'a test', device: '', threads: 1 },
  split: {
    trainPeople: 2,
    trainPhotos: 20,
    heldOutPhotos: 4,
    verificationPeople: ['Secret Person'],
    verificationPhotos: 5,
    notMeasured: [],
  },
  scale: { value: 12, why: 'set by hand' },
  baseline: { ...epoch, epoch: 0, loss: null },
  best: epoch,
  evaluated: { faces: 29, of: 29 },
  curve: [],
  verify: null,
  seconds: { prepare: 1, train: 2, evaluate: 3 },
  imagesPerSecond: 10,
  stopped: false,
  remarks: [],
  firstLosses: [3, 2],
};

/** Every kind of layer that our backbones use; norms with moving averages that are not 0 and 1. */
function buildModel(edge = EDGE): tfl.LayersModel {
  const seed = 1;
  const kernelInitializer = tfl.initializers.heNormal({ seed });
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({
        inputShape: [edge, edge, 3],
        filters: 6,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        useBias: false,
        kernelInitializer,
      }),
      tfl.layers.batchNormalization({ epsilon: 1e-3, momentum: 0.9 }),
      tfl.layers.prelu({ sharedAxes: [1, 2], alphaInitializer: tfl.initializers.constant({ value: 0.25 }) }),
      tfl.layers.depthwiseConv2d({
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        depthwiseInitializer: kernelInitializer,
      }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: SIZE, kernelInitializer }),
    ],
  });
  const random = createRandom(2);
  model.setWeights(
    model.getWeights().map((weight) => {
      if (!weight.shape.every((size) => size === 6)) return weight;
      return tf.tensor(
        Float32Array.from({ length: weight.size }, () => random.between(0.5, 2)),
        weight.shape,
      );
    }),
  );
  return model;
}

const people = [
  { name: EVIL, centre: Float32Array.from({ length: SIZE }, () => Math.sqrt(1 / SIZE)) },
  { name: '', centre: Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0) },
];
const randomFaces = (count: number, edge = EDGE): tf.Tensor4D =>
  tf.randomUniform([count, edge, edge, 3], -1, 1, 'float32', 7);
const exportTfjs = (input: Omit<ExportInput, 'format'>, signal: AbortSignal) =>
  exportModel({ ...input, format: tfjs }, signal);
const none = new AbortController().signal;
const created = new Date('2026-01-02T03:04:05Z');

async function exported(edge = EDGE) {
  const model = buildModel(edge);
  const sampleFaces = randomFaces(3, edge);
  const result = await exportTfjs(
    { model, report, people, operatingPoint, sampleFaces, name: EVIL, created },
    none,
  );
  return { model, sampleFaces, result, files: await readArchive(result.file) };
}
const textOf = (files: ReadonlyMap<string, Uint8Array>, name: string): string =>
  new TextDecoder().decode(present(files.get(name), name));

let made: Awaited<ReturnType<typeof exported>>;
beforeAll(async () => {
  await tf.setBackend('cpu');
  made = await exported();
});

describe('a downloaded model', () => {
  it('holds five files, reports its check, has a safe name, and is the same twice', async () => {
    expect([...made.files.keys()]).toEqual([
      'README.md',
      'MODEL_CARD.md',
      'manifest.json',
      'model.json',
      'weights.bin',
    ]);
    expect(made.result.check).toEqual({ faces: 3, maxDifference: 0 });
    expect(made.result.name).toMatch(/^[\w.-]+\.zip$/);
    const again = await exportTfjs({ ...made, report, people, operatingPoint, name: EVIL, created }, none);
    expect(new Uint8Array(await again.file.arrayBuffer())).toEqual(
      new Uint8Array(await made.result.file.arrayBuffer()),
    );
  });

  it('loads with plain tf.loadLayersModel and gives the same embeddings', async () => {
    const file = (name: string) => new File([present(made.files.get(name), name)], name);
    const plain = await tfl.loadLayersModel(tf.io.browserFiles([file('model.json'), file('weights.bin')]));
    const expected = made.model.predict(made.sampleFaces) as tf.Tensor;
    const actual = plain.predict(made.sampleFaces) as tf.Tensor;
    expect(actual.shape).toEqual([3, SIZE]);
    expect(tf.max(tf.abs(tf.sub(expected, actual))).arraySync()).toBeLessThan(1e-5);
    expect(tf.max(tf.abs(expected)).arraySync()).toBeGreaterThan(0.1);
  });

  it('comes back with its manifest; people are as they were, held-out people are not named where they are not enrolled', async () => {
    const { model, manifest } = await loadModelZip(made.result.file);
    model.dispose();
    expect(manifest.people.map(({ name }) => name)).toEqual([EVIL, '']);
    expect(manifest.people[0]?.centre[0]).toBeCloseTo(Math.sqrt(1 / SIZE), 7);
    expect(manifest.threshold).toMatchObject({ cosine: 0.5, falseAcceptRate: 0.1, rates: 'cross-validated' });
    expect(manifest.threshold?.angleDegrees).toBeCloseTo(60, 9);
    expect(manifest.training).toEqual(presets.scratch);
    expect(manifest.preprocessing).toMatchObject({ inputSize: EDGE, resize: 'area' });
    expect(textOf(made.files, 'manifest.json')).not.toContain('Secret Person');
  });

  it('names held-out people who are enrolled, with their templates, and says so in its documents', async () => {
    const enrolled = [{ name: 'Held Out', centre: Float32Array.of(0, 1, 0, 0, 0, 0, 0, 0) }];
    const { file } = await exportTfjs({ ...made, report, people, enrolled, operatingPoint, name: 'x' }, none);
    const files = await readArchive(file);
    const { model, manifest } = await loadModelZip(file);
    model.dispose();
    expect(manifest.people).toHaveLength(2);
    expect(manifest.enrolled).toEqual([{ name: 'Held Out', centre: [0, 1, 0, 0, 0, 0, 0, 0] }]);
    expect(textOf(files, 'README.md')).toContain('the names of 3 people');
    expect(textOf(files, 'README.md')).toContain('and of the 1 under\n`enrolled`');
    expect(textOf(files, 'MODEL_CARD.md')).toContain('Enrolled after it: 1 person who were kept out');
    const hostile = await zipOf(
      editJson('manifest.json', (text) =>
        text.replace('"enrolled": []', '"enrolled": [{ "name": "x", "centre": [1] }]'),
      ),
    );
    await expect(loadModelZip(hostile)).rejects.toThrow(/enrolled\.0\.centre: has 1 numbers/);
  });

  it('has the threshold of the operating point that is chosen, in the manifest, the README and its code', async () => {
    const { file } = await exportTfjs(
      { ...made, report, people, operatingPoint: 'best-accuracy', name: 'x' },
      none,
    );
    const readme = textOf(await readArchive(file), 'README.md');
    const { model, manifest } = await loadModelZip(file);
    model.dispose();
    expect(manifest.threshold).toMatchObject({ cosine: 0.25, operatingPoint: 'best-accuracy' });
    expect(readme).toMatch(/30\.0 % of the pairs of two people .* 5\.0 % of the pairs of\none person/s);
    expect(readme).toContain('chosen at: Best accuracy');
    expect(readme).toContain('cross-validated');
    expect(readme).toContain('degrees <= 75.5225');
    expect(readme).toContain('| Equal error rate | 0.5000 | 60.0 | 10.00 % | 20.00 % |');
  });

  it('refuses an operating point for which there are too few pairs, and says how many it takes', async () => {
    const far = { ...made, report, people, operatingPoint: 'far-1e-3', name: 'x' } as const;
    await expect(exportTfjs(far, none)).rejects.toThrow(/there are 30 impostor pairs, .* at least 10,000/);
  });

  it('leaves no tensors behind', async () => {
    const before = tf.memory().numTensors;
    await exportTfjs({ ...made, report, people, operatingPoint, name: 'x' }, none);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has a model card: what it was trained on, rates with intervals, no markup and no held-out names', () => {
    const card = textOf(made.files, 'MODEL_CARD.md');
    expect(card.split('\n')[0]).toMatch(/^# Model card: &lt;img src=x onerror=alert\\\(1\\\)&gt; /);
    expect(card).toContain('20 photos of 2 people. The files');
    expect(card).toContain('no part is pretrained');
    expect(card).toContain('5 photos of 1 person who were kept out of training');
    // 10 % of 5 photos, by Wilson's formula.
    expect(card).toContain(
      'False accept rate (two people taken for one): 10.00 % (95 % interval 1.05 % to 53.71 %)',
    );
    expect(card).toContain('chosen at: Equal error rate');
    expect(card).toContain('cross-validated: each');
    expect(card).not.toContain('<img');
    expect(card).not.toContain('Secret Person');
  });

  // A page needs the built program: e2e/page-format.spec.ts.
  it.each(
    exportFormats.map(({ id }) => id).filter((id) => id !== 'page'),
  )('has that card in the format %s, and a README that names it', async (id) => {
    const format = formatOf(id);
    const { file } = await exportModel(
      { ...made, format, report, people, operatingPoint, name: EVIL, created },
      none,
    );
    const files = await readArchive(file);
    expect(textOf(files, 'MODEL_CARD.md')).toBe(textOf(made.files, 'MODEL_CARD.md'));
    expect(textOf(files, 'README.md')).toContain('MODEL_CARD.md');
    expect(format.contents.map((part) => part.file)).toContain('MODEL_CARD.md');
  });

  it('has a README in which a name is text and never markup', () => {
    const readme = textOf(made.files, 'README.md');
    expect(readme.split('\n')[0]).toMatch(/^# &lt;img src=x onerror=alert\\\(1\\\)&gt; /);
    expect(readme).not.toContain('<img');
    expect(readme).toContain('60.0 degrees');
  });

  it.each([EDGE, 112])("its README's code gives our embeddings (input %i)", async (edge) => {
    const { files, model } = edge === EDGE ? made : await exported(edge);
    const code = present(/```js\n([\s\S]*?)\n```/.exec(textOf(files, 'README.md'))?.[1], 'the code');
    const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
    const face = await import(/* @vite-ignore */ url);
    const canvas = new OffscreenCanvas(300, 200);
    const context = present(canvas.getContext('2d'), 'context');
    const gradient = context.createLinearGradient(0, 0, 300, 200);
    gradient.addColorStop(0, 'rgb(250,20,60)');
    gradient.addColorStop(1, 'rgb(10,200,90)');
    context.fillStyle = gradient;
    context.fillRect(0, 0, 300, 200);
    // The template turned by 90 degrees, twice as large and shifted: alignment must undo exactly that.
    const template = [
      [38.2946, 51.6963],
      [73.5318, 51.5014],
      [56.0252, 71.7366],
      [41.5493, 92.3655],
      [70.7299, 92.2041],
    ];
    const points = template.map(([x = 0, y = 0]) => [250 - 2 * y, 2 * x - 30]);
    const aligned = face.align(canvas, points);
    const rgb: Uint8ClampedArray = face.pixels(aligned);
    expect(rgb).toHaveLength(112 * 112 * 3);
    const source = context.getImageData(0, 0, 300, 200).data;
    for (const [x, y] of [
      [50, 60],
      [30, 90],
      [80, 40],
    ] as const) {
      for (let c = 0; c < 3; c++) {
        const from = ((2 * x - 30) * 300 + (250 - 2 * y)) * 4 + c;
        expect(
          Math.abs(present(rgb[(y * 112 + x) * 3 + c], 'pixel') - present(source[from], 'pixel')),
        ).toBeLessThan(4);
      }
    }
    const embedding: Float32Array = await face.embed(tf, model, rgb);
    const expected = tf.tidy(() => {
      const whole = tf.tensor(Float32Array.from(rgb), [112, 112, 3]);
      // Area averaging as a matrix: row i holds the share of each input pixel in output pixel i.
      const ratio = 112 / edge;
      const shares = Array.from({ length: edge }, (_, i) =>
        Array.from(
          { length: 112 },
          (_, j) => Math.max(0, Math.min((i + 1) * ratio, j + 1) - Math.max(i * ratio, j)) / ratio,
        ),
      );
      const matrix = tf.tensor2d(shares);
      const channels = tf
        .unstack(whole, 2)
        .map((plane) => tf.matMul(tf.matMul(matrix, plane as tf.Tensor2D), matrix, false, true));
      const input = tf.expandDims(tf.div(tf.sub(tf.stack(channels, 2), 127.5), 128), 0);
      const sum = tf.add(model.predict(input) as tf.Tensor, model.predict(tf.reverse(input, 2)) as tf.Tensor);
      return Array.from(tf.div(sum, tf.norm(sum)).dataSync());
    });
    // Bytes are rounded in between, hence not closer.
    expect(embedding.length).toBe(SIZE);
    embedding.forEach((value, i) => {
      expect(Math.abs(value - present(expected[i], 'number'))).toBeLessThan(edge === 112 ? 1e-5 : 0.01);
    });
    expect(face.angle([1, 0], [0, 1])).toBeCloseTo(90, 9);
  });

  it('ends when cancelled, and refuses a network that gives no numbers', async () => {
    await expect(
      exportTfjs({ ...made, report, people, operatingPoint, name: 'x' }, AbortSignal.abort()),
    ).rejects.toBeInstanceOf(CancelledError);
    const broken = buildModel();
    broken.setWeights(broken.getWeights().map((weight) => tf.mul(weight, Number.NaN)));
    await expect(
      exportTfjs({ ...made, model: broken, report, people, operatingPoint, name: 'x' }, none),
    ).rejects.toThrow(/gives no numbers/);
  });

  it('offers a file of any format only where it gives the embeddings of the model', async () => {
    const faces = { ...made, report, people, operatingPoint, name: 'x' };
    /** A format that exists in this test alone: raw embeddings of the faces are what its file "computes". */
    const format = (wrong: number): ExportFormat => ({
      ...{ id: 'made-up', label: 'a test', contents: [], extension: '.txt', tolerance: 1e-3 },
      write: async ({ manifest }) => new Blob([manifest.name]),
      verify: async (file, given) => {
        expect(await file.text()).toBe('x');
        return (await rawEmbeddings(made.model, given)).map((value) => value + wrong);
      },
    });
    const written = await exportModel({ ...faces, format: format(0) }, none);
    expect(written).toMatchObject({ name: 'x.txt', check: { maxDifference: 0 } });
    await expect(exportModel({ ...faces, format: format(0.5) }, none)).rejects.toThrow(/is not offered/);
    await expect(exportModel({ ...faces, format: format(Number.NaN) }, none)).rejects.toThrow(
      /differ by NaN/,
    );
  });

  it('knows its formats by their names, and says in a sentence which others it does not', () => {
    expect(formatOf('tfjs')).toBe(tfjs);
    expect(new Set(exportFormats.map(({ id }) => id)).size).toBe(exportFormats.length);
    expect(() => formatOf('onyx')).toThrow(
      `There is no export format "onyx". Choose one of: ${exportFormats.map(({ id }) => id).join(', ')}.`,
    );
  });

  it('refuses to write a layer that plain TensorFlow.js cannot load', async () => {
    class Odd extends tfl.layers.Layer {
      static className = 'OddLayer';
    }
    const model = tfl.sequential({ layers: [...buildModel().layers, new Odd({})] });
    await expect(
      exportTfjs({ ...made, model, report, people, operatingPoint, name: 'x' }, none),
    ).rejects.toThrow(/OddLayer/);
  });
});

type Change = (files: Map<string, Uint8Array>) => void;
async function zipOf(change: Change): Promise<Blob> {
  const files = new Map<string, Uint8Array>(made.files);
  change(files);
  const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
  for (const [name, data] of files) await writer.add(name, new Uint8ArrayReader(data));
  return writer.close();
}
const editJson =
  (name: string, edit: (value: string) => string): Change =>
  (files) => {
    const before = textOf(files, name);
    const after = edit(before);
    if (after === before) throw new Error('the edit changed nothing');
    files.set(name, new TextEncoder().encode(after));
  };

describe('a zip from anywhere', () => {
  const hostile: readonly (readonly [string, Change, RegExp])[] = [
    ['without model.json', (files) => files.delete('model.json'), /lacks model\.json/],
    ['without a manifest', (files) => files.delete('manifest.json'), /lacks manifest\.json/],
    ['without weights', (files) => files.delete('weights.bin'), /lacks the weights file "weights\.bin"/],
    [
      'with weights cut off',
      (files) => files.set('weights.bin', new Uint8Array(100)),
      /100 bytes where the model needs/,
    ],
    ['with ../x', (files) => files.set('../x', new Uint8Array(1)), /unsafe name/],
    ['with an absolute name', (files) => files.set('/etc/x', new Uint8Array(1)), /unsafe name/],
    [
      'with too many files',
      (files) => {
        for (let i = 0; i < 1030; i++) files.set(`${i}`, new Uint8Array(1));
      },
      /more than 1024 files/,
    ],
    [
      'with a newer manifest',
      editJson('manifest.json', (text) => text.replace('"schemaVersion": 1', '"schemaVersion": 2')),
      /newer version/,
    ],
    [
      'with a centre too short',
      editJson('manifest.json', (text) => text.replace('"size": 8', '"size": 9')),
      /centre/,
    ],
    ['with broken JSON', editJson('model.json', (text) => text.slice(1)), /no valid JSON/],
    [
      'with a layer that is none',
      editJson('model.json', (text) => text.replace('"Flatten"', '"Lambda"')),
      /"Lambda"/,
    ],
    [
      'with a giant layer',
      editJson('model.json', (text) => text.replace('"units":8', '"units":2000000000')),
      /absurd size/,
    ],
    [
      'with another output',
      editJson('model.json', (text) => text.replace('"units":8', '"units":9')),
      /cannot be built/,
    ],
    [
      'with quantised weights',
      editJson('model.json', (text) =>
        text.replace(/("shape":\[3,3,3,6\],)/, '$1"quantization":{"dtype":"uint8"},'),
      ),
      /bytes where the model needs/,
    ],
    [
      'with another format',
      editJson('model.json', (text) => text.replace('layers-model', 'graph-model')),
      /format/,
    ],
  ];
  it.each(hostile)('%s is refused with a sentence', async (_, change, message) => {
    const before = tf.memory().numTensors;
    const opening = loadModelZip(await zipOf(change));
    await expect(opening).rejects.toBeInstanceOf(ProblemError);
    await expect(opening).rejects.toThrow(message);
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(24); // what the library leaves of one half-built network
  });

  it('with a manifest from before operating points is opened', async () => {
    const older = await zipOf((files) => {
      const manifest = JSON.parse(textOf(files, 'manifest.json'));
      manifest.enrolled = undefined;
      manifest.impostors = undefined;
      manifest.threshold.operatingPoint = undefined;
      manifest.threshold.rates = undefined;
      for (const { verification: measured } of [manifest.metrics.baseline, manifest.metrics.best]) {
        measured.operatingPoints = undefined;
      }
      files.set('manifest.json', new TextEncoder().encode(JSON.stringify(manifest)));
    });
    const { model, manifest } = await loadModelZip(older);
    model.dispose();
    expect(manifest.threshold).toMatchObject({ cosine: 0.5, falseAcceptRate: 0.1 });
    expect(manifest).toMatchObject({ enrolled: [], impostors: null });
    expect(writeReadme(manifest)).toContain('the pairs that\nthe threshold was chosen on');
  });

  it('of absurd declared size is refused before anything is unpacked', async () => {
    const bytes = new Uint8Array(await made.result.file.arrayBuffer());
    const view = new DataView(bytes.buffer);
    for (let i = 0; i + 46 < bytes.length; i++) {
      if (view.getUint32(i, true) === 0x02014b50) view.setUint32(i + 24, 0xfffffff0, true); // uncompressed size
    }
    await expect(loadModelZip(new Blob([bytes]))).rejects.toThrow(/would unpack to 4096 MB/);
  });

  it('that holds more than it declares is refused', async () => {
    const writer = new ZipWriter(new BlobWriter(), { useWebWorkers: false });
    await writer.add('a.txt', new TextReader('x'.repeat(100_000)));
    const bytes = new Uint8Array(await (await writer.close()).arrayBuffer());
    const view = new DataView(bytes.buffer);
    for (let i = 0; i + 46 < bytes.length; i++) {
      if (view.getUint32(i, true) === 0x02014b50) view.setUint32(i + 24, 10, true);
    }
    await expect(readArchive(new Blob([bytes]))).rejects.toBeInstanceOf(ProblemError);
  });

  it('that is none, is empty or is cut off is refused', async () => {
    for (const blob of [new Blob([]), new Blob(['hello']), made.result.file.slice(0, 2000)]) {
      await expect(loadModelZip(blob)).rejects.toThrow(/no zip, or a damaged one/);
    }
  });

  it('with a flipped bit in the weights is refused by its checksum', async () => {
    const entries = await new ZipReader(new BlobReader(made.result.file)).getEntries();
    const weights = present(
      entries.find((entry) => entry.filename === 'weights.bin'),
      'weights.bin',
    );
    const bytes = new Uint8Array(await made.result.file.arrayBuffer());
    const at = weights.offset + 200;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    await expect(loadModelZip(new Blob([bytes]))).rejects.toBeInstanceOf(ProblemError);
  });
});
