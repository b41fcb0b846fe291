import { describe, expect, it } from 'vitest';
import { type Augmentation, augmentFace, drawAugmentation } from '../../../src/dataset/augment.ts';
import { type Degradation, drawDegradation } from '../../../src/dataset/degrade.ts';
import { resizeFace } from '../../../src/dataset/resize.ts';
import { createSampler } from '../../../src/dataset/sampler.ts';
import { splitFaces } from '../../../src/dataset/split.ts';
import { ProblemError } from '../../../src/lib/problem.ts';
import { createRandom } from '../../../src/lib/random.ts';

const shares = { peopleFraction: 0.2, photosFraction: 0.2 };
const faces = (counts: readonly number[]): number[] =>
  counts.flatMap((count, person) => Array.from({ length: count }, () => person));

describe('splitFaces', () => {
  it('separates people and photos, each face once, the same with the same seed', () => {
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
  it('holds out at least three of eight people, and one photo of three', () => {
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

describe('batches', () => {
  it.each([1, 7, 64, 65, 100])('take %i shuffled photos once each, in almost equal sizes', (count) => {
    const config = { sampling: { kind: 'shuffled' }, batchSize: 16 } as const;
    const sampler = createSampler(config, new Array(count).fill(0), createRandom(1));
    const batches = sampler.epoch();
    expect(batches.length).toBe(sampler.batchesPerEpoch);
    expect(batches.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
    const sizes = batches.map(({ length }) => length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    if (count > 7) expect(sampler.epoch()).not.toEqual(batches);
  });

  const uneven = [
    ...new Array(40).fill(0),
    ...new Array(3).fill(1),
    2,
    ...new Array(5).fill(3),
    ...new Array(11).fill(4),
  ];
  it('of P people and K photos show all people equally often, and all photos of a person before one again', () => {
    const config = { sampling: { kind: 'balanced', people: 3, photos: 4 }, batchSize: 99 } as const;
    const sampler = createSampler(config, uneven, createRandom(3));
    expect(sampler.batchesPerEpoch).toBe(5);
    const batches = [...sampler.epoch(), ...sampler.epoch()];
    const times = new Map<number, number>();
    const seen = new Map<number, number>();
    for (const batch of batches) {
      expect(batch).toHaveLength(12);
      const people = batch.map((photo) => uneven[photo] ?? -1);
      expect(new Set(people).size).toBe(3);
      for (const person of new Set(people)) {
        expect(people.filter((other) => other === person)).toHaveLength(4);
        times.set(person, (times.get(person) ?? 0) + 1);
      }
      for (const photo of batch) seen.set(photo, (seen.get(photo) ?? 0) + 1);
    }
    expect(Math.max(...times.values()) - Math.min(...times.values())).toBeLessThanOrEqual(1);
    for (const person of [0, 1, 2, 3, 4]) {
      const counts = uneven.flatMap((label, photo) => (label === person ? [seen.get(photo) ?? 0] : []));
      expect(Math.max(...counts) - Math.min(...counts), `person ${person}`).toBeLessThanOrEqual(1);
    }
    expect(createSampler(config, uneven, createRandom(3)).epoch()).toEqual(batches.slice(0, 5));
  });
  it('take all people where there are fewer', () => {
    const config = { sampling: { kind: 'balanced', people: 16, photos: 2 }, batchSize: 9 } as const;
    for (const batch of createSampler(config, uneven, createRandom(3)).epoch())
      expect(batch).toHaveLength(10);
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
    degradation: null,
  } satisfies Augmentation;
  const face = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => (i * 37) % 251);
  const augmented = (change: Partial<Augmentation>): Float32Array => {
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
  const degraded = (change: Partial<Degradation>): Float32Array =>
    augmented({ degradation: { blur: null, resolution: null, erased: null, ...change } });
  const mean = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((a, v) => a + v, 0) / values.length;
  const roughness = (values: ArrayLike<number>): number =>
    mean(Array.from(values, (v, i) => (i < 24 ? 0 : Math.abs(v - (values[i - 24] ?? 0)))));
  it('blurred are smooth, as bright as before, and as the definition has them', () => {
    const blurred = degraded({ blur: 0.1 });
    expect(roughness(blurred)).toBeLessThan(roughness(face) * 0.7);
    expect(Math.abs(mean(blurred) - mean(face))).toBeLessThan(8);
    const deviation = 0.8;
    const weight = (d: number): number => Math.exp((-d * d) / (2 * deviation ** 2));
    let [sum, total] = [0, 0];
    for (let dy = -2; dy <= 2; dy++)
      for (let dx = -2; dx <= 2; dx++) {
        sum += weight(dx) * weight(dy) * (face[((4 + dy) * 8 + 3 + dx) * 3 + 1] ?? 0);
        total += weight(dx) * weight(dy);
      }
    expect(blurred[(4 * 8 + 3) * 3 + 1]).toBeCloseTo(sum / total, 3);
  });
  it('of low resolution have lost what is small; a plain one stays', () => {
    expect(roughness(degraded({ resolution: 0.25 }))).toBeLessThan(roughness(face) * 0.5);
    const plain = new Uint8Array(face.length).fill(90);
    const out = new Float32Array(face.length);
    augmentFace(plain, 8, { ...still, degradation: { blur: 0.1, resolution: 0.5, erased: null } }, out);
    expect(new Set([...out].map(Math.round))).toEqual(new Set([90]));
  });
  it('with random erasing have the rectangle in its colour and nothing else changed', () => {
    const erased = { left: 0.25, top: 0.5, width: 0.5, height: 0.25, colour: [1, 2, 3] } as const;
    const out = degraded({ erased });
    for (let y = 0; y < 8; y++)
      for (let x = 0; x < 8; x++) {
        const inside = x >= 2 && x < 6 && y >= 4 && y < 6;
        const at = (y * 8 + x) * 3;
        expect([...out.slice(at, at + 3)]).toEqual(inside ? [1, 2, 3] : [...face.slice(at, at + 3)]);
      }
  });
  it('are degraded as often as the settings say, without moving the other draws', () => {
    const none = {
      mirror: true,
      rotationDegrees: 9,
      shift: 0.1,
      zoom: 0.1,
      colour: 0.3,
      blur: 0,
      erase: 0,
      lowResolution: 0,
    };
    const [a, b] = [createRandom(4), createRandom(4)];
    const draws = Array.from(
      { length: 2000 },
      () => [drawAugmentation(none, a), drawAugmentation({ ...none, blur: 0.3, erase: 0.1 }, b)] as const,
    );
    for (const [plain, other] of draws) {
      expect(plain.degradation).toBeNull();
      expect({ ...other, degradation: null }).toEqual(plain);
    }
    const share = (of: (d: Degradation) => boolean): number =>
      draws.filter(([, { degradation }]) => degradation && of(degradation)).length / draws.length;
    expect(share(({ blur }) => blur !== null)).toBeCloseTo(0.3, 1);
    expect(share(({ erased }) => erased !== null)).toBeCloseTo(0.1, 1);
    expect(share(({ resolution }) => resolution !== null)).toBe(0);
    const { erased } = drawDegradation({ ...none, erase: 1 }, createRandom(1));
    if (!erased) throw new Error('nothing erased');
    expect(erased.left + erased.width).toBeLessThanOrEqual(1);
    expect(erased.width * erased.height).toBeGreaterThanOrEqual(0.0199);
    expect(erased.width * erased.height).toBeLessThanOrEqual(0.2001);
  });
  it('keep colours within 0 ... 255', () => {
    const bright = augmented({ brightness: 1.9, contrast: 1.9, saturation: 1.9 });
    expect(Math.max(...bright)).toBeLessThanOrEqual(255);
    expect(Math.min(...bright)).toBeGreaterThanOrEqual(0);
  });
  it('shrink by the mean of the area, also by a factor that is no integer', () => {
    expect([...resizeFace(face, 8, 8)]).toEqual([...face]);
    const half = resizeFace(face, 8, 4);
    const p = (x: number, y: number): number => face[(y * 8 + x) * 3] ?? 0;
    expect(half[0]).toBe(Math.round((p(0, 0) + p(1, 0) + p(0, 1) + p(1, 1)) / 4));
    expect(new Set(resizeFace(new Uint8Array(112 * 112 * 3).fill(77), 112, 32))).toEqual(new Set([77]));
  });
});
