import { describe, expect, it } from 'vitest';
import { type Split, splitFaces } from '../../../src/dataset/split.ts';
import { createRandom } from '../../../src/lib/random.ts';
import { planEvaluation } from '../../../src/train/run/evaluation-plan.ts';

const split = (people: number, photos: number): Split =>
  splitFaces(
    Array.from({ length: people * photos }, (_, face) => face % people),
    people,
    { peopleFraction: 0.2, photosFraction: 0.1 },
    createRandom(1),
  );
const plan = (of: Split, change: Partial<Parameters<typeof planEvaluation>[0]> = {}, seed = 1) =>
  planEvaluation({
    ...{ split: of, epochs: 9, trainingCost: 3, separateFaces: 0, random: createRandom(seed) },
    ...change,
  });
const sizes = ({ train, heldOut, verification }: ReturnType<typeof plan>): number[] =>
  [train, heldOut, verification].map(({ faces }) => faces.length);
const total = (of: ReturnType<typeof plan>): number => sizes(of).reduce((a, b) => a + b, 0);

describe('what is evaluated', () => {
  it.each([
    [55, 17, 9, 0],
    [200, 20, 30, 0],
    [200, 20, 5, 300],
    [24, 20, 30, 0],
  ])('costs at most a tenth of the training: %i people, %i photos, %i epochs', (people, photos, epochs, separateFaces) => {
    const of = split(people, photos);
    const made = plan(of, { epochs, separateFaces });
    const { train, heldOut, verification } = of;
    const training = 3 * train.length * epochs;
    // Both ends: people flip-averaged, validation photos not.
    const ends = 2 * (2 * (separateFaces || verification.length) + heldOut.length);
    expect(ends + epochs * total(made)).toBeLessThanOrEqual(0.1 * training);
    expect(total(made)).toBeGreaterThanOrEqual(48);
    expect(made).toMatchObject({ mirror: false, complete: false });
  });

  it('is less where training costs less, and never less than a best epoch can be chosen by', () => {
    const of = split(200, 20);
    expect(total(plan(of, { trainingCost: 1.5 }))).toBeLessThan(total(plan(of)));
    const least = plan(of, { trainingCost: 1, epochs: 1 });
    expect(total(least)).toBe(48);
    expect(Math.min(...sizes(least))).toBeGreaterThanOrEqual(12);
  });

  it('is the same again with the same seed, other faces with another, and never a face twice', () => {
    const of = split(55, 17);
    expect(plan(of)).toEqual(plan(of));
    expect(plan(of, {}, 2)).not.toEqual(plan(of));
    const { train, heldOut, verification } = plan(of);
    const faces = [...train.faces, ...heldOut.faces, ...verification.faces];
    expect(new Set(faces).size).toBe(faces.length);
    verification.faces.forEach((face, i) => {
      expect(face % 55).toBe(verification.labels[i]); // a person's number, as in the split
    });
  });

  it('has several photos of each held-out person that is in it: genuine pairs are what there are few of', () => {
    const { verification } = plan(split(200, 20), { trainingCost: 1, epochs: 1 });
    const photos = new Map<number, number>();
    for (const person of verification.labels) photos.set(person, (photos.get(person) ?? 0) + 1);
    expect([...photos.values()].every((count) => count === 4)).toBe(true);
    expect(photos.size).toBe(6);
  });

  it('is everything, as faces are embedded in use, where that is little or costs nothing', () => {
    const few = split(4, 6);
    expect(plan(few)).toMatchObject({ mirror: true, complete: true });
    expect(total(plan(few))).toBe(24);
    const cached = split(55, 17);
    expect(plan(cached, { trainingCost: null })).toMatchObject({ mirror: true, complete: true });
    expect(total(plan(cached, { trainingCost: null }))).toBe(55 * 17);
    expect(plan(split(60, 400), { trainingCost: null }).complete).toBe(false);
  });

  it('takes what there is where nobody or no photo is held out', () => {
    const of: Split = {
      ...split(55, 17),
      heldOut: [],
      heldOutLabels: [],
      verification: [],
      verificationPeople: [],
    };
    const [train = 0, heldOut, verification] = sizes(plan(of));
    expect([heldOut, verification]).toEqual([0, 0]);
    expect(train).toBeGreaterThanOrEqual(48);
  });
});
