import '@tensorflow/tfjs-backend-cpu';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { chromium } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { png } from '../../e2e/png.ts';
import { QUIET_FLAGS } from '../../scripts/find-browser.mjs';
import { serveFolder } from '../../scripts/serve.mjs';
import { presets } from '../../src/config/presets.ts';
import { drawnPictures } from '../../src/export/check/test-pictures.ts';
import { tfjsWithHead } from '../../src/export/formats/tfjs.ts';
import { present } from '../../src/lib/assert.ts';
import { createRandom } from '../../src/lib/random.ts';
import { createBackbone } from '../../src/model/backbones/create-backbone.ts';
import { headOf } from '../../src/model/heads/create-head.ts';
import { lossOf } from '../../src/model/heads/head.ts';
import { pixelsToTensor } from '../../src/model/preprocess.ts';
import { centresFor, disturb, exported } from '../torch/exported.ts';
import { unpackInto } from '../torch/python.ts';

/** A download with its head in the hands of somebody who has its files, Node and the published TensorFlow.js: the README's code as it stands. */

const PACKAGES = ['@tensorflow/tfjs@4.22.0', 'sharp@0.35.5'];
const EDGE = 112;
const SCALE = 16;
const CLASSES = [0, 1, 2, 0];

let folder = '';
const at = (name: string): string => join(folder, name);
async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, { cwd: folder, maxBuffer: 1 << 26 });
  return stdout;
}

/** The same each time. */
function network(): tfl.LayersModel {
  const made = createBackbone({ kind: 'small-cnn', inputSize: EDGE, embeddingSize: 16 }, createRandom(3));
  disturb(made, createRandom(5));
  return made;
}
let model: tfl.LayersModel;
let people: ReturnType<typeof centresFor>;
const pictures = drawnPictures(CLASSES.length, EDGE);

beforeAll(async () => {
  await tf.setBackend('cpu');
  model = network();
  people = centresFor(model, ['Ada', 'Bob', 'Cem'], createRandom(4));
  folder = mkdtempSync(join(tmpdir(), 'arcface-head-'));
  const { file } = await exported(tfjsWithHead, { model, config: presets.scratch, people, scale: SCALE });
  await unpackInto(folder, file);
  const readme = readFileSync(at('README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```js\n([\s\S]*?)\n```/g)].map(([, code]) => present(code, 'code'));
  writeFileSync(at('face.mjs'), present(blocks[0], 'the first code'));
  writeFileSync(at('train.mjs'), present(blocks.at(-1), 'the last code'));
  pictures.forEach((bytes, i) => {
    const byte = (x: number, y: number, c: number): number => bytes[(y * EDGE + x) * 3 + c] ?? 0;
    writeFileSync(
      at(`${i}.png`),
      png(EDGE, EDGE, (x, y) => [byte(x, y, 0), byte(x, y, 1), byte(x, y, 2)]),
    );
  });
  writeFileSync(at('package.json'), '{"type":"module"}');
  await run('npm', 'install', ...PACKAGES, '--prefer-offline', '--no-audit', '--no-fund');
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));

/** The loss of the batch by this program's own head. */
async function ownLoss(): Promise<number> {
  const faces = pixelsToTensor(pictures, EDGE);
  const centres = tf.tensor2d(people.map(({ centre }) => [...centre]));
  const head = headOf(presets.scratch.margin, tf.variable(centres), SCALE, createRandom(1), 1);
  // Its norms move their averages, hence not on the model that others compare with.
  const embeddings = network().apply(faces, { training: true }) as tf.Tensor2D; // one tensor in, one out
  const labels = tf.tensor1d(CLASSES, 'int32');
  const [loss = Number.NaN] = await lossOf(head, embeddings, labels, {
    strength: 1,
    scale: SCALE,
    smoothing: 0,
  }).loss.data();
  return loss;
}

const savedSchema = z.object({
  modelTopology: z.looseObject({}),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(
        z.object({ name: z.string(), shape: z.array(z.number()), dtype: z.literal('float32') }),
      ),
    }),
  ),
});
function load(name: string): Promise<tfl.LayersModel> {
  const { modelTopology, weightsManifest } = savedSchema.parse(JSON.parse(readFileSync(at(name), 'utf8')));
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const files = weightsManifest.flatMap(({ paths }) => paths).map((path) => readFileSync(at(path)));
  const weightData = new Uint8Array(Buffer.concat(files)).buffer;
  return tfl.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}

it("the README's code goes on training: first loss as ours, smaller after a step, saved with the head and without", async () => {
  const expected = await ownLoss();
  const printed = await run('node', 'train.mjs', ...CLASSES.map((k, i) => `${k}=${i}.png`));
  const [, before, after] = /loss (\S+) and after a step (\S+)/.exec(printed) ?? [];
  expect(Math.abs(Number(before) - expected)).toBeLessThan(1e-4);
  expect(Number(after)).toBeLessThan(Number(before));

  const backbone = await load('trained.json');
  const whole = await load('trained-with-head.json');
  const faces = pixelsToTensor(pictures, EDGE);
  const embeddings = backbone.predict(faces) as tf.Tensor2D; // one tensor in, one out
  const head = present(whole.layers.at(-1), 'the head');
  const [embedding] = Array.isArray(head.input) ? head.input : [head.input];
  const inWhole = tfl.model({
    inputs: present(whole.inputs[0], 'the face'),
    outputs: present(embedding, 'the embedding'),
  });
  const difference = tf.sub(embeddings, inWhole.predict(faces) as tf.Tensor);
  expect(tf.max(tf.abs(difference)).dataSync()[0]).toBe(0);
  // Both were trained: the network and the centres.
  const moved = (a: tf.Tensor, b: tf.Tensor): number => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] ?? 0;
  expect(moved(embeddings, model.predict(faces) as tf.Tensor)).toBeGreaterThan(1e-4);
  const [centres] = head.getWeights();
  const start = tf.tensor2d(people.map(({ centre }) => [...centre]));
  expect(moved(present(centres, 'the centres'), start)).toBeGreaterThan(1e-6);
});

it('a page loads it with an import map, as the README says, and gives logits with the margin', async () => {
  await build({
    configFile: false,
    root: folder,
    logLevel: 'error',
    build: {
      outDir: 'tensorflow',
      rolldownOptions: {
        input: at('node_modules/@tensorflow/tfjs/dist/index.js'),
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: 'tfjs.js' },
      },
    },
  });
  const readme = readFileSync(at('README.md'), 'utf8');
  const map = present(/<script type="importmap">[\s\S]*?<\/script>/.exec(readme)?.[0], 'the import map');
  const here = map.replace(/https:[^"]*/, './tensorflow/tfjs.js');
  expect(here).not.toBe(map);
  writeFileSync(
    at('index.html'),
    `<!doctype html>${here}<script type="module">
      import * as tf from '@tensorflow/tfjs';
      import './arcface-layer.js';
      await tf.setBackend('cpu');
      const model = await tf.loadLayersModel('model-with-head.json');
      const faces = tf.fill([2, ${EDGE}, ${EDGE}, 3], 0.5);
      const logits = model.predict([faces, tf.tensor2d([[0], [2]], [2, 1], 'int32')]);
      document.body.textContent = JSON.stringify(logits.arraySync());
    </script>`,
  );
  const server = await serveFolder(folder, 0);
  const path = process.env['CHROME_PATH'];
  const browser = await chromium.launch({ ...(path && { executablePath: path }), args: QUIET_FLAGS });
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(server.url);
    await page
      .waitForFunction(() => document.body?.textContent?.trim().endsWith(']]'), null, { timeout: 60_000 })
      .catch(() => {
        throw new Error(`The page did not load the model. ${errors.join(' ')}`);
      });
    const logits = z.array(z.array(z.number())).parse(JSON.parse((await page.textContent('body')) ?? ''));
    const faces = tf.fill([2, EDGE, EDGE, 3], 0.5);
    const embeddings = tf.unstack(tf.reshape(model.predict(faces) as tf.Tensor, [2, 16]));
    const margin = presets.scratch.margin.kind === 'arcface' ? presets.scratch.margin.m : Number.NaN;
    [0, 2].forEach((label, row) => {
      const e = present(embeddings[row], 'an embedding').dataSync();
      people.forEach(({ centre }, k) => {
        const dot = centre.reduce((sum, value, d) => sum + value * (e[d] ?? 0), 0);
        const angle = Math.acos(dot / Math.hypot(...e));
        const expected = SCALE * Math.cos(angle + (k === label ? margin : 0));
        expect(Math.abs((logits[row]?.[k] ?? Number.NaN) - expected)).toBeLessThan(1e-4);
      });
    });
  } finally {
    await browser.close();
    await server.close();
  }
});
