import { describe, expect, it } from 'vitest';
import {
  copyPairs,
  groupCopies,
  NearCopies,
  SIGNATURE_EDGE,
  signatureOf,
} from '../../../src/dataset/near-copies.ts';
import { splitFaces } from '../../../src/dataset/split.ts';
import { createRandom, type Random } from '../../../src/lib/random.ts';

/** A "photo": what all have in common, and blobs of its own. */
function draw(random: Random): (x: number, y: number) => number {
  const blobs = Array.from({ length: 30 }, () => ({
    x: random.next() * SIGNATURE_EDGE,
    y: random.next() * SIGNATURE_EDGE,
    radius: 2 + 5 * random.next(),
    light: 60 * (random.next() - 0.5),
  }));
  return (x, y) => {
    const common = 128 + 30 * Math.cos(((x - 32) / 64) * 3) - 20 * Math.cos(y / 12);
    return blobs.reduce(
      (sum, b) => sum + b.light * Math.exp(-((x - b.x) ** 2 + (y - b.y) ** 2) / (2 * b.radius ** 2)),
      common,
    );
  };
}

function pixels(light: (x: number, y: number) => number): Uint8Array {
  const rgb = new Uint8Array(SIGNATURE_EDGE * SIGNATURE_EDGE * 3);
  for (let i = 0; i < SIGNATURE_EDGE * SIGNATURE_EDGE; i++) {
    const value = Math.min(255, Math.max(0, light(i % SIGNATURE_EDGE, Math.floor(i / SIGNATURE_EDGE))));
    rgb.fill(value, 3 * i, 3 * i + 3);
  }
  return rgb;
}

describe('NearCopies', () => {
  const random = createRandom(4);
  const photos = Array.from({ length: 40 }, () => draw(random));
  const copies = new NearCopies<number>();

  it('finds nothing among different photos', () => {
    expect(photos.flatMap((photo, i) => copies.add(i, signatureOf(pixels(photo))))).toEqual([]);
  });
  it.each([
    ['with noise and less contrast', (x: number, y: number) => [x, y], 4],
    ['mirrored', (x: number, y: number) => [SIGNATURE_EDGE - 1 - x, y], 0],
  ] as const)('finds each copy %s', (_, map, noise) => {
    const seen = new NearCopies<number>();
    photos.forEach((photo, i) => {
      seen.add(i, signatureOf(pixels(photo)));
    });
    photos.forEach((photo, i) => {
      const copy = pixels((x, y) => {
        const [u = 0, v = 0] = map(x, y);
        return 0.8 * photo(u, v) + 20 + noise * (random.next() - 0.5);
      });
      expect(seen.add(100 + i, signatureOf(copy))).toEqual([i]);
    });
  });
  it('takes no flat image for a copy of another', () => {
    const flat = new NearCopies<number>();
    expect([10, 200].map((light, i) => flat.add(i, signatureOf(pixels(() => light))))).toEqual([[], []]);
  });
});

it('groups copies of copies, of faces that are still there', () => {
  const faces = [
    { id: 'a' },
    { id: 'b', copyOf: ['removed', 'a'] },
    { id: 'c' },
    { id: 'd', copyOf: ['b'] },
    { id: 'e', copyOf: ['removed'] },
  ];
  expect(copyPairs(faces)).toEqual([
    [0, 1],
    [1, 3],
  ]);
  expect(groupCopies(5, copyPairs(faces))).toEqual([0, 0, 2, 0, 4]);
});

describe('splitFaces with copies', () => {
  const shares = { peopleFraction: 0.2, photosFraction: 0.2 };
  const PEOPLE = 15;
  /** Five photos of each person, and a copy of each photo. */
  const people = Array.from({ length: PEOPLE * 10 }, (_, face) => Math.floor(face / 10));
  const pairs = people.flatMap((_, face): [number, number][] => (face % 2 === 0 ? [[face, face + 1]] : []));
  const groups = groupCopies(people.length, pairs);
  const both = (a: readonly number[], b: readonly number[]): number[] => {
    const of = new Set(a.map((face) => groups[face]));
    return b.filter((face) => of.has(groups[face]));
  };

  it.each([1, 2, 3])('never has a copy on both sides (seed %i)', (seed) => {
    const split = splitFaces(people, PEOPLE, shares, createRandom(seed), groups);
    expect(both(split.train, split.heldOut)).toEqual([]);
    expect(split.heldOut.length).toBe(2 * split.classes.length);
    // Without the groups there would be.
    const plain = splitFaces(people, PEOPLE, shares, createRandom(seed));
    expect(both(plain.train, plain.heldOut)).not.toEqual([]);
  });
  it('verifies with one of the copies of a held-out person', () => {
    const split = splitFaces(people, PEOPLE, shares, createRandom(1), groups);
    expect(split.verification.length).toBe(5 * split.heldOutPeople.length);
    expect(new Set(split.verification.map((face) => groups[face])).size).toBe(split.verification.length);
  });
  it('neither holds out nor verifies with a photo that another person has, too', () => {
    // The first photo of every person is one and the same.
    const shared = groupCopies(
      people.length,
      people.flatMap((_, face): [number, number][] => (face % 10 === 0 ? [[0, face]] : [])),
    );
    const split = splitFaces(people, PEOPLE, shares, createRandom(1), shared);
    expect(split.train.filter((face) => face % 10 === 0).length).toBe(split.classes.length);
    expect([...split.heldOut, ...split.verification].filter((face) => face % 10 === 0)).toEqual([]);
  });
  it('changes nothing where there are none', () => {
    const alone = groupCopies(people.length, []);
    expect(splitFaces(people, PEOPLE, shares, createRandom(1), alone)).toEqual(
      splitFaces(people, PEOPLE, shares, createRandom(1)),
    );
  });
});
