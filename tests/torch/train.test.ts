import '@tensorflow/tfjs-backend-cpu';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { writeDrawnPeople } from '../../e2e/drawn-people.ts';
import { presets } from '../../src/config/presets.ts';
import type { MarginConfig, TrainingConfig } from '../../src/config/training-config.ts';
import { resizeFace } from '../../src/dataset/resize.ts';
import { torch } from '../../src/export/formats/torch.ts';
import { present } from '../../src/lib/assert.ts';
import { STANDARD_RANGE, scalePixels } from '../../src/lib/pixel-range.ts';
import { createRandom } from '../../src/lib/random.ts';
import { createBackbone } from '../../src/model/backbones/create-backbone.ts';
import { createLearner, disposeLearner } from '../../src/train/step/learner.ts';
import { Trainer } from '../../src/train/step/trainer.ts';
import { centresFor, disturb, exported } from './exported.ts';
import { python, pythonMisses, torchrun, unpackInto } from './python.ts';

/** The folder for PyTorch trains: faces from the terminal, two processes, the page's loss, and the same after --resume. */

const EDGE = 64;
const SCALE = 12;
const BATCH = 6;
const WORLD = 2;
const photographs = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'lfw', 'train');
const backbone = { kind: 'small-cnn', inputSize: EDGE, embeddingSize: 32 } as const;
const config: TrainingConfig = { ...presets.scratch, backbone, scale: SCALE, epochs: 3 };
const COSFACE: MarginConfig = { kind: 'cosface', m3: 0.35, warmupFraction: 0.3 };

const cropped = z.object({
  files: z.array(z.string()),
  people: z.number(),
  photos: z.number(),
  faces: z.number(),
});
const logged = z.object({ step: z.number(), loss: z.number(), rate: z.number() });

/** The terminal's command as a person runs it. */
function headless(...args: string[]): Promise<string> {
  // What the test runner sets of these would change the page that is built.
  const { NODE_ENV: _1, BASE_URL: _2, MODE: _3, DEV: _4, PROD: _5, VITEST: _6, ...env } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', 'headless', '--', ...args], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      shell: process.platform === 'win32',
    });
    let out = '';
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString();
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`headless ended with ${code}`)),
    );
  });
}

/** Photographs of five people, or drawn ones. */
function writePeople(folder: string): void {
  if (!existsSync(photographs)) {
    console.warn('There are no photographs in ../shared/data: drawn people take their place.');
    writeDrawnPeople(folder, 5, 6);
    return;
  }
  for (const person of readdirSync(photographs).sort().slice(0, 5)) {
    for (const photo of readdirSync(join(photographs, person)).sort().slice(0, 6)) {
      cpSync(join(photographs, person, photo), join(folder, person, photo), { recursive: true });
    }
  }
}

/** Keeps the weights of each process, rankN.pt, and the checkpoint of each step, atN.pt. Else train.py as it is. */
const OBSERVED = `
import os, shutil, torch, train
held, make, save = [], train.make_optimiser, train.save_checkpoint
def keep(path, step, *rest):
    save(path, step, *rest)
    shutil.copy(path, f"at{step}.pt")
train.make_optimiser = lambda learner, training: held.append(learner) or make(learner, training)
train.save_checkpoint = keep
train.main()
torch.save(dict(held[0].named_parameters()), "rank" + os.environ["RANK"] + ".pt")
`;
/** The faces, and which of them each process takes in the first step; the bytes of these in faces.bin. */
const FIRST_BATCH = `
import json, sys
from PIL import Image
from data import EpochBatches, find_faces
crops, batch, seed, world = sys.argv[1], *map(int, sys.argv[2:])
faces = find_faces(crops)
parts = [next(iter(EpochBatches(len(faces), batch, seed, False, rank, world))) for rank in range(world)]
with open("faces.bin", "wb") as file:
    for face, _ in sum(parts, []):
        file.write(Image.open(faces[face][0]).convert("RGB").tobytes())
print(json.dumps([[faces[face][1] for face, _ in part] for part in parts]))
`;

let root = '';
const at = (...parts: string[]): string => join(root, ...parts);
const crops = (): string => at('crops');

beforeAll(async () => {
  await tf.setBackend('cpu');
  root = mkdtempSync(join(tmpdir(), 'arcface-torch-'));
  if (!pythonMisses) writePeople(at('people'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder for PyTorch of the untrained network, and the loss that the page's own step has on its first batch. */
async function prepare(name: string, margin: MarginConfig) {
  const given = { ...config, margin };
  const network = createBackbone(backbone, createRandom(1));
  disturb(network, createRandom(2));
  const names = readdirSync(crops(), { withFileTypes: true }).flatMap((e) =>
    e.isDirectory() ? [e.name] : [],
  );
  const people = centresFor(network, names.sort(), createRandom(3));
  const { file } = await exported(torch, { model: network, config: given, people, scale: SCALE });
  const folder = await unpackInto(at(name), file);
  const asked = [crops(), `${BATCH}`, `${config.seed}`, `${WORLD}`];
  const parts: string[][] = JSON.parse(await python(folder, '-c', FIRST_BATCH, ...asked));

  const bytes = new Uint8Array(readFileSync(join(folder, 'faces.bin')));
  const weights = network.getWeights().map((weight) => weight.clone());
  const losses: number[] = [];
  let begin = 0;
  for (const part of parts) {
    network.setWeights(weights); // every process begins with the same
    const pictures = part.map((_, i) =>
      pixels(bytes.subarray((begin + i) * 112 * 112 * 3, (begin + i + 1) * 112 * 112 * 3)),
    );
    begin += part.length;
    const centres = Float32Array.from(people.flatMap(({ centre }) => [...centre]));
    const learner = createLearner(network, given, { centres, scale: SCALE, random: createRandom(1) });
    const trainer = new Trainer(learner, given);
    const inputs = tf.tensor4d(
      pictures.flatMap((picture) => [...picture]),
      [part.length, EDGE, EDGE, 3],
    );
    const labels = part.map((person) => names.indexOf(person));
    const numbers = await trainer.step([{ inputs, labels }], { rate: 0, strength: 1 });
    losses.push(present((await numbers.data())[0], 'the loss'));
    trainer.dispose();
    if (begin === parts.flat().length) disposeLearner(learner);
  }
  return { folder, pageLoss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length };
}

function pixels(rgb: Uint8Array): Float32Array {
  const face = resizeFace(rgb, 112, EDGE);
  const input = new Float32Array(face.length);
  scalePixels(face, input, STANDARD_RANGE, 3);
  return input;
}

const logOf = (printed: string) =>
  printed
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => logged.parse(JSON.parse(line)));

const options = (out: string): string[] => [
  ...['--data', crops(), '--out', at(out), '--batch-size', `${BATCH}`, '--no-mirror', '--log-every', '1'],
  ...['--workers', '0', '--checkpoint-every', '2'],
];

if (pythonMisses) console.warn(`Skipped: there is no ${pythonMisses}.`);
describe.skipIf(pythonMisses)('a folder for PyTorch', () => {
  it('gets its faces from the terminal', async () => {
    const printed = await headless('crops', '--data', at('people'), '--out', crops(), '--preset', 'scratch');
    const result = cropped.parse(JSON.parse(printed));
    const { faces } = result;
    expect(result).toMatchObject({ people: 5, photos: 30 });
    expect(faces).toBeGreaterThan(25); // not every photograph need give one
    expect(result.files).toHaveLength(faces + 1);
    for (const file of result.files) expect(existsSync(file), file).toBe(true);
    const rows = readFileSync(join(crops(), 'split.csv'), 'utf8').trim().split('\r\n').slice(1);
    expect(rows).toHaveLength(faces);
    // A fifth of each person's photos, rounded; too few people to hold any out.
    expect(rows.filter((row) => row.endsWith(',validation'))).toHaveLength(5);
    expect(rows.filter((row) => row.endsWith(',train'))).toHaveLength(faces - 5);
  }, 240_000); // the page may have to be built first

  it('trains on two processes: the first loss is the page’s, all weights are equal, --resume goes on the same', async () => {
    const { folder, pageLoss } = await prepare('arcface', config.margin);
    writeFileSync(join(folder, 'observed.py'), OBSERVED);
    const whole = logOf(
      await torchrun(folder, WORLD, 'observed.py', ...options('whole'), '--max-steps', '3'),
    );
    console.warn(`first loss: page ${pageLoss}, PyTorch ${whole[0]?.loss}`);
    expect(whole.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(Math.abs((whole[0]?.loss ?? Number.NaN) - pageLoss)).toBeLessThan(1e-4);

    const compare = `
import torch
one, two = torch.load("rank0.pt"), torch.load("rank1.pt")
print(all(torch.equal(one[name], two[name]) for name in one), len(one))`;
    expect(await python(folder, '-c', compare)).toMatch(/^True \d+\n$/);

    const resume = ['--max-steps', '3', '--resume', join(folder, 'at2.pt')];
    const resumed = logOf(await torchrun(folder, WORLD, 'train.py', ...options('parts'), ...resume));
    expect(resumed.map(({ step }) => step)).toEqual([3]);
    expect(resumed[0]?.rate).toBe(whole[2]?.rate);
    expect(Math.abs((resumed[0]?.loss ?? Number.NaN) - (whole[2]?.loss ?? 0))).toBeLessThan(1e-6);
  });

  it('what it leaves is such a folder again; sampled centres, CosFace and one process work too', async () => {
    const { folder, pageLoss } = await prepare('cosface', COSFACE);
    const sampled = ['--sample-centres', '0.5', '--max-steps', '2'];
    const [first] = logOf(await torchrun(folder, WORLD, 'train.py', ...options('next'), ...sampled));
    // All people are in the batch, so none can be left out.
    expect(Math.abs((first?.loss ?? Number.NaN) - pageLoss)).toBeLessThan(1e-4);
    const again = logOf(
      await python(at('next'), 'train.py', ...options('last'), '--max-steps', '1', '--fresh-head'),
    );
    expect(again).toHaveLength(1);
  });
});
