import { describe, expect, it } from 'vitest';
import type { BackendReport } from '../../../src/domain/backend.ts';
import { DeviceFault, type FaultCause } from '../../../src/engine/selection/device-fault.ts';
import { cut } from '../../../src/train/loop/stepper.ts';
import { FIRST_PLACE } from '../../../src/train/run/session.ts';
import { batchOf, faultText, nextPlace } from '../../../src/train/whole-run/next-place.ts';

const report = (name: BackendReport['name']): BackendReport => ({ name, why: '', device: '', threads: 1 });
const fault = (reason: FaultCause): DeviceFault =>
  new DeviceFault('webgpu', reason, 'It failed.', 'Do that.');
const config = { batchSize: 32, sampling: { kind: 'shuffled' } } as const;

describe('where a run goes on after its device failed', () => {
  it.each(['lost', 'rejected'] as const)('%s: on another backend', (reason) => {
    const next = nextPlace({ ...FIRST_PLACE, parts: 2 }, fault(reason), report('webgpu'), config);
    expect(next).toEqual({ keep: null, failed: ['webgpu'], parts: 1, resumes: false });
  });

  it('too little memory: in more parts down to eight photos, then on another backend', () => {
    const sizes: number[] = [];
    let place = FIRST_PLACE;
    while (place.failed.length === 0) {
      sizes.push(batchOf(config) / place.parts);
      place = nextPlace(place, fault('memory'), report('webgpu'), config);
      if (place.keep) expect(place.keep.name).toBe('webgpu');
    }
    expect(sizes).toEqual([32, 16, 8]);
    expect(place).toMatchObject({ keep: null, failed: ['webgpu'], parts: 1 });
  });

  it('too little memory before there are batches: on another backend', () => {
    expect(nextPlace(FIRST_PLACE, fault('memory'), null, config).failed).toEqual(['webgpu']);
  });

  it('counts the photos of balanced batches', () => {
    expect(batchOf({ batchSize: 64, sampling: { kind: 'balanced', people: 4, photos: 3 } })).toBe(12);
  });

  it('says what happened and what was done', () => {
    const elsewhere = nextPlace(FIRST_PLACE, fault('lost'), report('webgpu'), config);
    expect(faultText(fault('lost'), elsewhere, report('simd'), 40, config)).toBe(
      'It failed. The run went on from step 40 with WebAssembly SIMD in place of WebGPU.',
    );
    const smaller = nextPlace(FIRST_PLACE, fault('memory'), report('webgpu'), config);
    expect(faultText(fault('memory'), smaller, report('webgpu'), 0, config)).toMatch(
      /too little memory for 32 photos at a time\. The run began again with 16 at a time: .* in 2 parts/,
    );
  });
});

describe('a batch in parts', () => {
  it('has every photo once, in parts that differ by at most one', () => {
    const items = Array.from({ length: 11 }, (_, i) => i);
    const parts = cut(items, 4);
    expect(parts.flat()).toEqual(items);
    expect(new Set(parts.map(({ length }) => length))).toEqual(new Set([2, 3]));
    expect(cut(items, 1)).toEqual([items]);
    expect(cut([1, 2], 4)).toEqual([[1], [2]]);
  });
});
