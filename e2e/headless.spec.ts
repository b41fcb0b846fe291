import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { z } from 'zod';
import { readArchive } from '../src/lib/archive.ts';
import { writeDrawnPeople } from './drawn-people.ts';
import { writeKerasModel } from './make-custom-model.ts';

/** The terminal command as a person runs it, through npm, on people drawn here. */

const share = z.number().min(0).max(1);
const figures = z.object({
  auc: share,
  eer: share,
  accuracy: share,
  tarAtFar: z.record(z.string(), share.nullable()),
  threshold: z.number().min(-1).max(1),
});
/** The line on stdout, as section 6 of the design names its fields. */
const trained = z.object({
  identities: z.literal(9),
  photos: z.literal(55),
  faces: z.literal(54),
  rejected: z.literal(1),
  backend: z.literal('simd'),
  seconds: z.object({
    ingest: z.number().positive(),
    train: z.number().positive(),
    evaluate: z.number().positive(),
  }),
  imagesPerSecond: z.number().positive(),
  loss: z.number().positive().nullable(), // null when the untrained network stays the best
  accuracy: share,
  baseline: figures,
  verification: figures,
  verifyPairs: z.object({ used: z.number(), leftOut: z.number() }),
  remarks: z.array(z.string()),
  reloadMaxDifference: z.number().max(1e-5),
  files: z.array(z.string()).min(4),
});
const embedded = z.array(
  z.object({
    path: z.string(),
    embedding: z.array(z.number()).length(192).nullable(),
    reason: z.string().nullable(),
  }),
);

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function headless(...args: string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', 'headless', '--', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (part: Buffer) => {
      said.stdout += part.toString();
    });
    child.stderr.on('data', (part: Buffer) => {
      said.stderr += part.toString();
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...said }));
  });
}

/** Everything on stdout: exactly one line. */
function onlyLine({ code, stdout, stderr }: Ended): string {
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^[^\n]+\n$/);
  return stdout;
}

let root = '';
const at = (...parts: string[]): string => join(root, ...parts);
/** In a folder that is not there yet. */
const out = (): string => at('new', 'out');

test.describe.configure({ mode: 'serial' });
test.beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'arcface-terminal-'));
  writeDrawnPeople(at('people'), 9, 6);
  writeFileSync(at('people', 'Person 01', 'notes.txt'), 'no photo');
  // The same drawn people as above: what is tested is the form of the figures, not how good they are.
  writeDrawnPeople(at('verify'), 3, 8);
  for (const person of ['Person 01', 'Person 02', 'Person 03'])
    for (let picture = 1; picture <= 4; picture++) rmSync(at('verify', person, `${picture}.png`));
  truncateSync(at('verify', 'Person 03', '8.png'), 4000);
  copyFileSync(at('verify', 'Person 01', '5.png'), at('verify', 'Person 01', '9.png'));
  writeFileSync(
    at('pairs.txt'),
    [
      '2\t2',
      'Person 01\t5\t6',
      'Person 01\t7\t9',
      'Person 01\t5\tPerson 02\t5',
      'Person 02\t6\tPerson 03\t8',
      'Person 02\t5\t6',
      'Person 02\t7\t8',
      'Person 02\t5\tPerson 03\t5',
      'Person 01\t9\tPerson 03\t6',
    ].join('\n'),
  );
});
test.afterAll(() => rmSync(root, { recursive: true, force: true }));

test('train: one line of JSON on stdout, progress on stderr, files on disk', async () => {
  const ended = await headless(
    ...['train', '--data', at('people'), '--verify', at('verify'), '--pairs', at('pairs.txt')],
    ...['--preset', 'quick', '--epochs', '3', '--seed', '2', '--out', out()],
  );
  const result = trained.parse(JSON.parse(onlyLine(ended)));
  expect(ended.stderr).toMatch(/Reading photos +\[#+\] 55\/55/);
  expect(ended.stderr).toMatch(/Training +\[.*loss \d/);
  expect(Object.keys(result.verification.tarAtFar).length).toBeGreaterThan(0);
  // One of the eight pairs names a photo that is cut off; the copy under another name is compared as it is listed.
  expect(result.verifyPairs).toEqual({ used: 7, leftOut: 1 });
  expect(result.remarks.join(' ')).toContain('1 of 8 pairs were left out');
  expect(result.remarks.join(' ')).toContain('Person 03 8');

  for (const file of result.files) expect(existsSync(file), file).toBe(true);
  const names = result.files.map((file) => file.slice(out().length + 1).replaceAll('\\', '/'));
  expect(names).toEqual(
    expect.arrayContaining(['people.zip', 'model/model.json', 'model/manifest.json', 'report.json']),
  );
  const report = z
    .object({ rejected: z.array(z.object({ path: z.string(), reason: z.string() })) })
    .parse(JSON.parse(readFileSync(join(out(), 'report.json'), 'utf8')));
  expect(report.rejected).toEqual([
    { path: 'people/Person 01/notes.txt', reason: expect.stringContaining('text') },
  ]);
});

test('embed: one embedding a photo, by sorted path, of length 1, equal for equal photos', async () => {
  const file = at('embeddings.json');
  const ended = await headless('embed', '--model', out(), '--data', at('verify'), '--out', file);
  const result = z.object({ photos: z.number(), embedded: z.number() }).parse(JSON.parse(onlyLine(ended)));
  expect(result).toMatchObject({ photos: 13, embedded: 12 });
  const photos = embedded.parse(JSON.parse(readFileSync(file, 'utf8')));
  expect(photos.map(({ path }) => path)).toEqual(
    [
      ...['5', '6', '7', '8', '9'].map((name) => `verify/Person 01/${name}.png`),
      ...['5', '6', '7', '8'].map((name) => `verify/Person 02/${name}.png`),
      ...['5', '6', '7', '8'].map((name) => `verify/Person 03/${name}.png`),
    ].sort(),
  );
  const of = (path: string) => photos.find((photo) => photo.path === `verify/${path}`);
  expect(of('Person 03/8.png')).toMatchObject({
    embedding: null,
    reason: expect.stringContaining('cut off'),
  });
  for (const { embedding, path } of photos) {
    if (embedding) expect(Math.hypot(...embedding), path).toBeCloseTo(1, 5);
  }
  expect(of('Person 01/9.png')?.embedding).toEqual(of('Person 01/5.png')?.embedding);
  const distinct = new Set(photos.flatMap(({ embedding }) => (embedding ? [JSON.stringify(embedding)] : [])));
  expect(distinct.size).toBe(11);
});

test('recognise: the people of a model, or of folders with the pretrained network', async () => {
  const file = at('named.json');
  const line = z.object({ photos: z.number(), faces: z.number(), named: z.number(), unknown: z.number() });
  const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
  const result = z.array(
    z.object({
      photo: z.string(),
      faces: z.array(
        z.object({
          box,
          name: z.string().nullable(),
          similarity: share,
          second: z.object({ name: z.string(), similarity: z.number() }),
        }),
      ),
      reason: z.string().optional(),
    }),
  );
  // Few of the drawings pass for faces, and who is who is tested with photographs: here it is the form of the result.
  const data = ['--data', at('verify'), '--threshold', '0', '--out', file];
  const people = { 'the model': [], folders: ['--gallery', at('people')] };
  for (const [where, gallery] of Object.entries(people)) {
    const model = where === 'folders' ? 'pretrained' : out();
    const ended = await headless('recognise', '--model', model, ...gallery, ...data);
    const counts = line.parse(JSON.parse(onlyLine(ended)));
    expect(ended.stderr).toContain('Recognising faces');
    const photos = result.parse(JSON.parse(readFileSync(file, 'utf8')));
    expect(photos.map(({ photo }) => photo)).toEqual(photos.map(({ photo }) => photo).sort());
    expect(counts).toMatchObject({ photos: 13, named: counts.faces, unknown: 0 });
    expect(photos.filter(({ reason }) => reason !== undefined)).toEqual([
      { photo: 'verify/Person 03/8.png', faces: [], reason: expect.stringContaining('cut off') },
    ]);
    expect(counts.faces, where).toBeGreaterThan(0);
  }
});

test('export: a trained model in another format, from its folder and from its .zip', async () => {
  for (const model of [out(), join(out(), 'people.zip')]) {
    const folder = at('exported', basename(model));
    const ended = await headless('export', '--model', model, '--format', 'onnx', '--out', folder);
    const { files } = z
      .object({ files: z.array(z.string()).length(1), maxDifference: z.number().min(0).max(1e-4) })
      .parse(JSON.parse(onlyLine(ended)));
    expect(files).toEqual([join(folder, `${basename(model, '.zip')}.onnx.zip`)]);
    // At least the weights of MobileFaceNet.
    expect(statSync(join(folder, basename(files[0] ?? ''))).size).toBeGreaterThan(3e6);
  }
  const withHead = ['--format', 'tfjs', '--with-head', '--out', at('exported', 'head')];
  await headless('export', '--model', join(out(), 'people.zip'), ...withHead);
  const zip = await readArchive(
    new Blob([new Uint8Array(readFileSync(at('exported', 'head', 'people.zip')))]),
  );
  expect([...zip.keys()]).toContain('model-with-head.json');
});

test('train --model: a custom model in the form of Keras, with what its files do not say guessed and told', async () => {
  // A folder of downloads: a browser saved the model for the second time, and there are other things.
  writeKerasModel(at('net'));
  for (const name of ['model.json', 'group1-shard1of2.bin'])
    renameSync(at('net', name), at('net', name.replace('.', ' (1).')));
  writeDrawnPeople(at('net', 'photos'), 1, 1);
  for (const name of ['.DS_Store', 'cv.pdf', 'package.json']) writeFileSync(at('net', name), '{}');
  const ended = await headless(
    ...['train', '--data', at('people'), '--preset', 'quick', '--epochs', '2', '--model', at('net')],
    ...['--out', at('own')],
  );
  const result = z
    .object({
      remarks: z.array(z.string()),
      reloadMaxDifference: z.number().max(1e-5),
      files: z.array(z.string()),
    })
    .parse(JSON.parse(onlyLine(ended)));
  expect(result.remarks.join(' ')).toMatch(/Guessed of the network: .*"frozenUpTo":"pool","cutSoftmax":true/);
  const manifest = z
    .object({
      preprocessing: z.object({ inputSize: z.literal(48), divisor: z.literal(127.5) }),
      embedding: z.object({ size: z.literal(32) }),
      training: z.object({ backbone: z.object({ kind: z.literal('custom') }) }),
    })
    .safeParse(JSON.parse(readFileSync(at('own', 'model', 'manifest.json'), 'utf8')));
  expect(manifest.error).toBeUndefined();
});

test('a model that cannot be used is refused before any photo is read', async () => {
  const cut = writeKerasModel(at('cut'));
  truncateSync(cut[2] ?? '', 100);
  writeKerasModel(at('whole'));
  const config = at('other-size.json');
  const backbone = { kind: 'custom', inputSize: 64, range: 'unit', frozenUpTo: 'pool', cutSoftmax: true };
  writeFileSync(config, JSON.stringify({ backbone }));
  const data = ['--data', at('people'), '--out', at('refused')];
  const cases: [string[], RegExp][] = [
    [['train', ...data, '--model', at('cut')], /cut off/],
    [['train', ...data, '--model', at('whole'), '--config', config], /"inputSize": Must be 48/],
    [['find-rate', ...data, '--model', at('cut')], /cut off/],
    [['embed', ...data, '--model', at('whole')], /lacks manifest\.json/],
    [['recognise', ...data, '--model', at('whole')], /lacks manifest\.json/],
  ];
  for (const [args, sentence] of cases) {
    const { code, stdout, stderr } = await headless(...args);
    expect(stderr, args.join(' ')).toMatch(sentence);
    expect(stderr).not.toContain('Reading photos');
    expect(code).not.toBe(0);
    expect(stdout).toBe('');
  }
});

test('find-rate: the suggestion on stdout, the curve in a file', async () => {
  const file = at('rates.json');
  const config = at('small.json');
  writeFileSync(
    config,
    '{"backbone": {"kind": "small-cnn", "inputSize": 32, "embeddingSize": 16}, "batchSize": 8}',
  );
  const ended = await headless(
    ...['find-rate', '--data', at('people'), '--preset', 'scratch', '--config', config],
    ...['--backend', 'simd', '--out', file],
  );
  const result = z
    .object({ rate: z.number().nullable(), why: z.string(), steps: z.number(), backend: z.literal('simd') })
    .parse(JSON.parse(onlyLine(ended)));
  expect(ended.stderr).toContain('Testing learning rates');
  const { points } = z
    .object({ points: z.array(z.object({ rate: z.number(), loss: z.number(), smoothed: z.number() })) })
    .parse(JSON.parse(readFileSync(file, 'utf8')));
  expect(points).toHaveLength(result.steps);
  expect(points.length).toBeGreaterThan(20);
  expect(result.rate === null ? result.why : `${result.rate}`).toMatch(/^No rate is suggested|^[\d.]+$/);
});

test('wrong use ends with a sentence on stderr, nothing on stdout and a code that is not 0', async () => {
  const wrong = at('wrong.json');
  writeFileSync(wrong, '{"epochs": -3}');
  const strangers = at('strangers.txt');
  writeFileSync(strangers, '1\t1\nPerson 01\t5\t77\nPerson 01\t5\tPerson 02\t5');
  // What the command line alone tells is tested without a browser, in tests/unit/headless.
  const train = ['train', '--data', at('people'), '--out', out()];
  const cases: [string[], RegExp, number][] = [
    [[...train, '--config', wrong], /epochs is -3/, 2],
    [['paint'], /no command "paint"/, 2],
    [
      [...train, '--verify', at('verify'), '--pairs', strangers],
      /names a photo that is not in the --verify folder: Person 01 77/,
      1,
    ],
    [['export', '--model', out(), '--format', 'jpeg', '--out', at('x')], /no export format "jpeg"/, 2],
    [['export', '--model', at('people'), '--format', 'onnx', '--out', at('x')], /no model\.json/, 1],
    [['embed', '--model', at('people'), '--data', at('people'), '--out', at('x.json')], /no model\.json/, 1],
  ];
  for (const [args, sentence, expected] of cases) {
    const { code, stdout, stderr } = await headless(...args);
    expect(stderr, args.join(' ')).toMatch(sentence);
    expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+/m); // no stack
    expect(stderr).not.toContain('Reading photos');
    expect(code, args.join(' ')).toBe(expected);
    expect(stdout).toBe('');
  }
});

test('--help goes to stdout', async () => {
  expect(onlyHelp(await headless('--help'))).toContain('trace-init');
  expect(onlyHelp(await headless('train', '-h'))).toContain('--verify DIR');
});

/** The text, where the program ended with 0. */
function onlyHelp({ code, stdout, stderr }: Ended): string {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

for (const [signal, expected] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} ends the browser too, and leaves nothing half written`, async () => {
    test.skip(!existsSync('/proc/self/cmdline'), 'processes are looked up in /proc');
    // Playwright's browser has its profile in this folder: by that it is known.
    const temporary = at(`tmp-${signal}`);
    mkdirSync(temporary);
    const args = ['train', '--data', at('people'), '--epochs', '1000', '--out', at('interrupted')];
    const child = spawn(process.execPath, ['--import', 'tsx', 'headless/main.ts', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, TMPDIR: temporary },
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
      let said = '';
      child.stderr.on('data', (part: Buffer) => {
        said += part.toString();
        if (child.killed || !/^Training /m.test(said)) return;
        expect(processesNaming(temporary)).not.toBe(0);
        child.kill(signal);
      });
    });
    expect(code).toBe(expected);
    await expect.poll(() => processesNaming(temporary)).toBe(0);
    expect(existsSync(at('interrupted'))).toBe(false);
  });
}

/** How many processes have a text in their command line. */
function processesNaming(text: string): number {
  const lines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((id) => {
      try {
        return readFileSync(join('/proc', id, 'cmdline'), 'utf8');
      } catch {
        return ''; // ended meanwhile
      }
    });
  return lines.filter((line) => line.includes(text)).length;
}
