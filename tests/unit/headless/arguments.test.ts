import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCommand } from '../../../headless/arguments.ts';
import { EXPORT_FORMAT_IDS } from '../../../src/domain/export/export-format.ts';
import { exportFormats } from '../../../src/export/registry.ts';
import { ProblemError } from '../../../src/lib/problem.ts';

const folder = mkdtempSync(join(tmpdir(), 'arcface-arguments-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (...parts: string[]): string => join(folder, ...parts);
const photos = at('people');
mkdirSync(join(photos, 'Ada'), { recursive: true });
writeFileSync(join(photos, 'Ada', '1.png'), 'photo');
mkdirSync(at('empty', 'Ada'), { recursive: true });
writeFileSync(at('file'), 'text');

function config(content: object): string {
  writeFileSync(at('config.json'), JSON.stringify(content));
  return at('config.json');
}
const parse = (...argv: string[]) => parseCommand(argv);
const train = (...more: string[]) => parse('train', '--data', photos, '--out', at('out'), ...more);

describe('train --operating-point', () => {
  it('takes one of the names, else the equal error rate', () => {
    expect(train()).toMatchObject({ operatingPoint: 'equal-error-rate' });
    expect(train('--operating-point', 'far-1e-3')).toMatchObject({ operatingPoint: 'far-1e-3' });
    expect(() => train('--operating-point', 'strict')).toThrow(/no operating point "strict".*best-accuracy/);
  });
});

describe('export', () => {
  const ask = (...argv: string[]) => parseCommand(argv, EXPORT_FORMAT_IDS);

  it('takes a format of the registry, and a folder that is there or can be made', () => {
    expect(exportFormats.map(({ id }) => id)).toEqual(EXPORT_FORMAT_IDS);
    for (const id of EXPORT_FORMAT_IDS) {
      const how = { format: id, precision: null, withHead: false };
      const wanted = { kind: 'export', model: folder, ...how, out: at('new', 'out') };
      expect(ask('export', '--model', folder, '--format', id, '--out', at('new', 'out'))).toEqual(wanted);
    }
    const head = (id: string) =>
      ask('export', '--model', folder, '--format', id, '--with-head', '--out', at('out'));
    expect(head('tfjs')).toMatchObject({ format: 'tfjs', withHead: true });
    expect(() => head('onnx')).toThrow(/--with-head is for the format tfjs only, not for onnx/);
    const quantised = (precision: string) =>
      ask('export', '--model', folder, '--format', 'onnx', '--quantise', precision, '--out', at('out'));
    expect(quantised('int8')).toMatchObject({ format: 'onnx', precision: 'int8' });
    expect(quantised('float16')).toMatchObject({ precision: 'float16' });
    expect(() => quantised('int4')).toThrow(/cannot be stored as "int4".*float16 or int8/);
    const other = () => ask('export', '--model', folder, '--format', 'jpeg', '--out', at('out'));
    expect(other).toThrow(/no export format "jpeg".*tfjs, .*onnx, onnx-raw/);
    expect(() => ask('export', '--model', folder, '--out', at('out'))).toThrow(/--format is missing/);
    const file = () => ask('export', '--model', at('file'), '--format', 'onnx', '--out', at('out'));
    expect(file).toThrow(/neither a folder nor a \.zip/);
  });

  it('names the formats in its help', () => {
    expect(ask('export', '--help')).toMatchObject({
      text: expect.stringMatching(/Formats: tfjs, .*onnx-raw/),
    });
  });
});

describe('train --model', () => {
  it('takes a network whose settings are to be guessed, or those that are given', () => {
    expect(train('--model', folder)).toMatchObject({ model: folder, config: { preset: 'quick' } });
    const backbone = { kind: 'custom', inputSize: 48, range: 'unit', frozenUpTo: 'pool', cutSoftmax: true };
    expect(train('--model', folder, '--config', config({ backbone }))).toMatchObject({
      model: folder,
      config: { backbone },
    });
    expect(train()).toMatchObject({ model: null });
  });

  it('is missed where the settings ask for it, and refused where they ask for another network', () => {
    const own = config({ backbone: { kind: 'custom', inputSize: 48, range: 'unit' } });
    expect(() => train('--config', own)).toThrow(/--model is missing/);
    const other = { preset: 'scratch', backbone: { kind: 'small-cnn', inputSize: 48, embeddingSize: 16 } };
    expect(() => train('--model', folder, '--config', config(other))).toThrow(/ask for "small-cnn"/);
    expect(() => train('--model', join(folder, 'nowhere'))).toThrow(/does not exist/);
  });
});

describe('recognise', () => {
  const recognise = (...more: string[]) =>
    parse('recognise', '--data', photos, '--out', at('named'), ...more);
  const saved = at('gallery.json');
  writeFileSync(saved, '{}');

  it('takes the people of the model, of folders or of a saved gallery', () => {
    expect(recognise('--model', folder)).toMatchObject({ model: folder, gallery: null, threshold: null });
    expect(recognise('--model', 'pretrained', '--gallery', photos, '--threshold', '-0.5')).toMatchObject({
      model: null,
      gallery: { kind: 'photos', path: photos },
      threshold: -0.5,
    });
    expect(recognise('--model', 'pretrained', '--gallery', saved)).toMatchObject({
      gallery: { kind: 'saved', path: saved },
    });
  });

  it.each<[string[], RegExp]>([
    [['--model', 'pretrained'], /--gallery is missing: the pretrained network knows nobody/],
    [['--model', at('nowhere')], /nowhere does not exist/],
    [['--model', folder, '--gallery', at('none.json')], /none\.json does not exist/],
    [['--model', folder, '--gallery', at('empty')], /--gallery: .*holds no files/],
    [['--model', folder, '--gallery', saved, '--person-level', '1'], /there is no such folder/],
    [['--model', folder, '--threshold', '1.5'], /--threshold must be a number from -1 to 1/],
    [['--model', folder, '--backend', 'simd'], /has no option --backend/],
  ])('%j is refused', (more, sentence) => {
    expect(() => recognise(...more)).toThrow(sentence);
  });
});

describe('--config', () => {
  it('is completed from the defaults of a kind, or from the preset', () => {
    const given = {
      preset: 'scratch',
      backbone: { kind: 'mobilefacenet' },
      margin: { kind: 'cosface', m3: 0.3 },
      heldOut: { peopleFraction: 0 },
    };
    expect(train('--config', config(given))).toMatchObject({
      config: {
        backbone: { kind: 'mobilefacenet', inputSize: 112, embeddingSize: 192, width: 1 },
        margin: { kind: 'cosface', m3: 0.3, warmupFraction: 0.3 },
        heldOut: { peopleFraction: 0, photosFraction: 0.2 },
      },
    });
    const same = { preset: 'finetune', margin: { m: 0.4 }, backbone: { kind: 'pretrained-dlib' } };
    expect(train('--config', config(same))).toMatchObject({
      config: { margin: { kind: 'arcface', m: 0.4 }, backbone: { kind: 'pretrained-dlib', trained: 'all' } },
    });
  });

  it.each<[object, RegExp]>([
    [{ epochs: -3 }, /: epochs is -3, but must be a whole number from 1 to 1000\./],
    [{ learningRate: 0 }, /learningRate is 0, but must be a number above 0, at most 10\./],
    [{ scale: 'big' }, /scale is "big", but must be "auto" or a number from 1 to 256\./],
    [
      { backbone: { kind: 'resnet' } },
      /backbone\.kind is "resnet", but must be one of "small-cnn", .*"custom"\./,
    ],
    [{ backbone: { kind: 'vgg8', inputSize: 50 } }, /inputSize is 50, but must be one of 32, 48, 64, 112\./],
    [{ margin: { kind: 'arcface', m3: 0.1 } }, /margin has no setting "m3"; its settings are kind, m, /],
    [{ margin: 'cosface' }, /margin is "cosface", but must be an object with a "kind" of: "arcface", /],
    [
      { optimiser: { kind: 'sgd' } },
      /optimiser\.momentum is missing: it must be a number from 0 to 0\.999\./,
    ],
    [{ backbone: { kind: 'custom', inputSize: 48 } }, /backbone\.range is missing: .*"unit"/],
    [{ learningrate: 1 }, /the configuration has no setting "learningrate"; .*learningRate/],
    [{ preset: 'fast' }, /preset is "fast", but must be one of "quick", "finetune", "scratch"\./],
  ])('%j: which setting, what was given, what is allowed', (content, sentence) => {
    expect(() => train('--config', config(content))).toThrow(sentence);
  });

  it('must be a JSON object in a file', () => {
    writeFileSync(at('broken.json'), '{"epochs": ');
    expect(() => train('--config', at('broken.json'))).toThrow(/broken\.json is not a JSON object/);
    expect(() => train('--config', photos)).toThrow(/is not a file/);
  });
});

describe('before anything is done', () => {
  const pairs = (text: string): string => {
    writeFileSync(at('pairs.txt'), text);
    return at('pairs.txt');
  };
  it.each<[string, () => unknown, RegExp]>([
    [
      'no photos',
      () => parse('train', '--data', at('empty'), '--out', at('out')),
      /--data: .*holds no files/,
    ],
    ['nothing', () => parse('train', '--data', at('nowhere'), '--out', at('out')), /nowhere does not exist/],
    ['no folder', () => parse('find-rate', '--data', at('file')), /neither a folder nor a \.zip/],
    ['no held-out photos', () => train('--verify', at('empty')), /--verify: .*holds no files/],
    ['no held-out folder', () => train('--verify', at('file')), /--verify: .*is not a folder/],
    ['no pairs', () => train('--verify', photos, '--pairs', at('none.txt')), /--pairs: .*does not exist/],
    [
      'broken pairs',
      () => train('--verify', photos, '--pairs', pairs('1\t5\nAda\t5\t6')),
      /pairs file announces/,
    ],
    [
      'other pairs',
      () => train('--verify', photos, '--pairs', pairs('1\nAda 1 2\nAda 1 Bob 1')),
      /--pairs names a person without a folder in .*: Bob\./,
    ],
    ['a preset', () => train('--preset', 'fast'), /preset is "fast", but must be one of "quick"/],
    ['a backend', () => train('--backend', 'abacus'), /backend is "abacus", but must be one of "auto"/],
    ['--out', () => parse('train', '--data', photos, '--out', at('file')), /--out: .*file is a file\./],
    [
      '--out below a file',
      () => parse('train', '--data', photos, '--out', at('file', 'below')),
      /cannot be written: .*file is a file\./,
    ],
    [
      '--out, a folder',
      () => parse('embed', '--model', photos, '--data', photos, '--out', photos),
      /--out: .*people is a folder\./,
    ],
    ['a command', () => parse('paint'), /no command "paint"\. The commands are train, find-rate, embed/],
    [
      'an option',
      () => parse('embed', '--epochs', '3'),
      /embed has no option --epochs\. Its options are --model/,
    ],
    ['a value', () => parse('train', '--data', '--out', at('out')), /--data has no value/],
    ['a word', () => train('more'), /"more" belongs to no option/],
    ['a number', () => train('--epochs', '-3'), /--epochs must be a whole number, not "-3"/],
    ['too many epochs', () => train('--epochs', '2000'), /epochs is 2000, but must be a whole number from 1/],
    ['a need', () => parse('train', '--data', photos), /--out is missing\. Help: .*train --help/],
  ])('%s: is said', (_, wrong, sentence) => {
    expect(wrong).toThrow(ProblemError);
    expect(wrong).toThrow(sentence);
  });

  it('folders of --out may be missing', () => {
    const out = at('new', 'below', 'out.json');
    expect(parse('find-rate', '--data', photos, '--out', out)).toMatchObject({ out });
  });
});

it('--help and -h: of the program, and of a command with all its options', () => {
  expect(parse('--help')).toMatchObject({
    kind: 'help',
    text: expect.stringMatching(/find-rate .*\n.*embed/),
  });
  for (const asked of [
    ['train', '-h'],
    ['--help', 'train'],
    ['train', '--out', 'x', '--help'],
  ]) {
    expect(parse(...asked)).toMatchObject({
      kind: 'help',
      text: expect.stringContaining('[--pairs PAIRS.txt]'),
    });
  }
  expect(parse('embed', '--help')).toMatchObject({ text: expect.not.stringContaining('--epochs') });
});

describe('crops', () => {
  it('takes photos, settings and a folder, and looks at them first', () => {
    const out = at('crops');
    expect(parse('crops', '--data', photos, '--out', out, '--seed', '7')).toMatchObject({
      kind: 'crops',
      data: photos,
      out,
      personLevel: null,
      config: { seed: 7, preset: 'quick' },
    });
    expect(() => parse('crops', '--data', photos)).toThrow(/--out is missing/);
    expect(() => parse('crops', '--data', at('empty'), '--out', out)).toThrow(/holds no files/);
    expect(() => parse('crops', '--data', photos, '--out', at('file'))).toThrow(/is a file/);
    expect(() => parse('crops', '--data', photos, '--out', out, '--verify', photos)).toThrow(/no option/);
  });
});
