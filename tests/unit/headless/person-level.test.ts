import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../headless/arguments.ts';

describe('--person-level', () => {
  const data = ['--data', tmpdir()];
  it('is a level from 1, or found out where it is not given', () => {
    expect(parseCommand(['train', ...data, '--out', tmpdir()])).toMatchObject({ personLevel: null });
    const out = ['--out', tmpdir(), '--person-level'];
    expect(parseCommand(['train', ...data, ...out, '2'])).toMatchObject({ personLevel: 2 });
    expect(parseCommand(['find-rate', ...data, '--person-level', '1'])).toMatchObject({ personLevel: 1 });
    expect(() => parseCommand(['train', ...data, ...out, '0'])).toThrow(/--person-level must be 1 to/);
  });
});
