import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCommand } from '../../../headless/arguments.ts';

const folder = mkdtempSync(join(tmpdir(), 'arcface-arguments-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function config(content: object): string {
  const path = join(folder, 'config.json');
  writeFileSync(path, JSON.stringify(content));
  return path;
}
const train = (...more: string[]) => parseCommand(['train', '--data', folder, '--out', folder, ...more]);

describe('train --operating-point', () => {
  it('takes one of the names, else the equal error rate', () => {
    expect(train()).toMatchObject({ operatingPoint: 'equal-error-rate' });
    expect(train('--operating-point', 'far-1e-3')).toMatchObject({ operatingPoint: 'far-1e-3' });
    expect(() => train('--operating-point', 'strict')).toThrow(/no operating point "strict".*best-accuracy/);
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
