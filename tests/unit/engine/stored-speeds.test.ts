import { describe, expect, it } from 'vitest';
import { fastest } from '../../../src/engine/selection/stored-speeds.ts';

const order = [{ name: 'webgpu' }, { name: 'simd' }] as const;

describe('the fastest backend', () => {
  it('is the one with the highest rate', () => {
    expect(fastest({ webgpu: 412, simd: 41 }, order)).toBe('webgpu');
    expect(fastest({ webgpu: 41, simd: 412 }, order)).toBe('simd');
  });
  it('stays the earlier one where they are about equal', () => {
    expect(fastest({ webgpu: 40, simd: 43 }, order)).toBe('webgpu');
    expect(fastest({ webgpu: 40, simd: 45 }, order)).toBe('simd');
  });
  it('is not one that broke off or was not timed', () => {
    expect(fastest({ webgpu: 0, simd: 3 }, order)).toBe('simd');
    expect(fastest({ simd: 3 }, order)).toBe('simd');
    expect(fastest({}, [])).toBeUndefined();
  });
});
