import { describe, expect, it } from 'vitest';
import { augmentFace } from '../../../src/dataset/augment.ts';
import { resizeFace } from '../../../src/dataset/resize.ts';
import { batchesPerEpoch, epochBatches } from '../../../src/dataset/sampler.ts';
import { splitFaces } from '../../../src/dataset/split.ts';
import { ProblemError } from '../../../src/lib/problem.ts';
import { createRandom } from '../../../src/lib/random.ts';

const shares = { peopleFraction: 0.2, photosFraction: 0.2 };
const faces = (counts: readonly number[]): number[] =>
  counts.flatMap((count, person) => Array.from({ length: count }, () => person));

describe('splitFaces', () => {
  it('keeps people and photos apart, each face once, the same with the same seed', () => {
    const all = faces(Array.from({ length: 20 }, (_, i) => 5 + (i % 3)));
    const split = splitFaces(all, 20, shares, createRandom(1));
    expect(split.heldOutPeople.length).toBe(4);
    const used = [...split.train, ...split.heldOut, ...split.verification].toSorted((a, b) => a - b);
    expect(used).toEqual(all.map((_, face) => face));
    const kept = new Set(split.heldOutPeople);
    for (const face of [...split.train, ...split.heldOut]) expect(kept.has(all[face] ?? -1)).toBe(false);
    split.train.forEach((face, i) => {
      expect(split.classes[split.trainLabels[i] ?? -1]).toBe(all[face]);
    });
    expect(splitFaces(all, 20, shares, createRandom(1))).toEqual(split);
    expect(splitFaces(all, 20, shares, createRandom(2))).not.toEqual(split);
    expect(split.notMeasured).toEqual([]);
  });
  it('keeps at least three of eight people out, and one photo of three', () => {
    const split = splitFaces(faces(new Array(8).fill(3)), 8, shares, createRandom(1));
    expect(split.heldOutPeople.length).toBe(3);
    expect(split.heldOut.length).toBe(5);
    expect(split.train.length).toBe(10);
  });
  it('says what cannot be measured, and refuses one person', () => {
    const split = splitFaces(faces([2, 2, 0, 2]), 4, shares, createRandom(1));
    expect(split.classes).toEqual([0, 1, 3]);
    expect(split.notMeasured.length).toBe(2);
    expect(() => splitFaces(faces([4]), 1, shares, createRandom(1))).toThrow(ProblemError);
  });
});

describe('epochBatches', () => {
  it.each([1, 7, 64, 65, 100])('takes %i items once each in batches of almost equal size', (count) => {
    const items = Array.from({ length: count }, (_, i) => i);
    const batches = epochBatches(items, 16, createRandom(1));
    expect(batches.length).toBe(batchesPerEpoch(count, 16));
    expect(batches.flat().toSorted((a, b) => a - b)).toEqual(items);
    const sizes = batches.map(({ length }) => length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });
});

describe('pictures', () => {
  const still = {
    mirror: false,
    rotation: 0,
    shiftX: 0,
    shiftY: 0,
    zoom: 1,
    brightness: 1,
    contrast: 1,
    saturation: 1,
  };
  const face = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => (i * 37) % 251);
  const augmented = (change: Partial<typeof still>): Float32Array => {
    const out = new Float32Array(face.length);
    augmentFace(face, 8, { ...still, ...change }, out);
    return out;
  };
  it('stay as they are where nothing is changed; mirror and a quarter turn move pixels exactly', () => {
    expect([...augmented({})]).toEqual([...face]);
    const mirrored = augmented({ mirror: true });
    const turned = augmented({ rotation: Math.PI / 2 });
    for (let y = 0; y < 8; y++)
      for (let x = 0; x < 8; x++) {
        expect(mirrored[(y * 8 + x) * 3]).toBe(face[(y * 8 + 7 - x) * 3]);
        expect(turned[(y * 8 + x) * 3]).toBeCloseTo(face[(x * 8 + 7 - y) * 3] ?? -1, 3);
      }
  });
  it('keep colours within 0 ... 255', () => {
    const bright = augmented({ brightness: 1.9, contrast: 1.9, saturation: 1.9 });
    expect(Math.max(...bright)).toBeLessThanOrEqual(255);
    expect(Math.min(...bright)).toBeGreaterThanOrEqual(0);
  });
  it('shrink by the mean of the area, also by no whole number', () => {
    expect([...resizeFace(face, 8, 8)]).toEqual([...face]);
    const half = resizeFace(face, 8, 4);
    const p = (x: number, y: number): number => face[(y * 8 + x) * 3] ?? 0;
    expect(half[0]).toBe(Math.round((p(0, 0) + p(1, 0) + p(0, 1) + p(1, 1)) / 4));
    expect(new Set(resizeFace(new Uint8Array(112 * 112 * 3).fill(77), 112, 32))).toEqual(new Set([77]));
  });
});
