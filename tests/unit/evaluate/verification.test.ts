import { describe, expect, it } from 'vitest';
import type { VerificationPair } from '../../../src/domain/faces.ts';
import type { OperatingPoint, OperatingPointName } from '../../../src/domain/operating-point.ts';
import type { VerificationReport } from '../../../src/domain/verification.ts';
import { allPairs, countPairs } from '../../../src/evaluate/pair-list.ts';
import { canVerify, verify } from '../../../src/evaluate/verification.ts';
import { present } from '../../../src/lib/assert.ts';
import { ProblemError } from '../../../src/lib/problem.ts';
import { createRandom } from '../../../src/lib/random.ts';

/** Embeddings of `people` x `photos`: a direction for each person plus noise, rows of length 1. */
function makePeople(people: number, photos: number, noise: number, seed: number, dimension = 8) {
  const random = createRandom(seed);
  const embeddings = new Float32Array(people * photos * dimension);
  const person: number[] = [];
  for (let p = 0; p < people; p++) {
    const direction = Array.from({ length: dimension }, random.normal);
    for (let i = 0; i < photos; i++) {
      const row = direction.map((value) => value + noise * random.normal());
      const length = Math.hypot(...row);
      embeddings.set(
        row.map((value) => value / length),
        person.length * dimension,
      );
      person.push(p);
    }
  }
  return { embeddings, dimension, person };
}

/** Two-dimensional embeddings whose cosines with row 0 are given: the first row is (1, 0). */
function withCosines(cosines: readonly number[], genuine: readonly boolean[]) {
  const rows = [[1, 0], ...cosines.map((cosine) => [cosine, Math.sqrt(1 - cosine * cosine)])];
  const pairs = genuine.map((kind, i): VerificationPair => ({ a: 0, b: i + 1, genuine: kind }));
  return { embeddings: Float32Array.from(rows.flat()), dimension: 2, person: rows.map(() => 0), pairs };
}

interface Scored {
  readonly score: number;
  readonly genuine: boolean;
}

/** Every pair with its cosine in float64, by the definition. */
function bruteForcePairs({ embeddings, dimension, person }: ReturnType<typeof makePeople>): Scored[] {
  const pairs: Scored[] = [];
  for (let i = 0; i < person.length; i++) {
    for (let j = i + 1; j < person.length; j++) {
      let score = 0;
      for (let d = 0; d < dimension; d++)
        score += present(embeddings[i * dimension + d], 'e') * present(embeddings[j * dimension + d], 'e');
      pairs.push({ score, genuine: person[i] === person[j] });
    }
  }
  return pairs;
}

const rates = (pairs: readonly Scored[], threshold: number) => {
  const share = (genuine: boolean): number => {
    const kind = pairs.filter((pair) => pair.genuine === genuine);
    return kind.filter((pair) => pair.score >= threshold).length / kind.length;
  };
  return { tar: share(true), far: share(false) };
};

const pointOf = ({ operatingPoints }: VerificationReport, wanted: OperatingPointName): OperatingPoint =>
  present(
    operatingPoints.find(({ name }) => name === wanted),
    wanted,
  );

/** Mann-Whitney by its definition: every genuine pair against every impostor pair. */
function bruteForceAuc(pairs: readonly Scored[]): number {
  const genuine = pairs.filter((pair) => pair.genuine);
  const impostor = pairs.filter((pair) => !pair.genuine);
  let wins = 0;
  for (const g of genuine)
    for (const i of impostor) wins += g.score > i.score ? 1 : g.score === i.score ? 0.5 : 0;
  return wins / genuine.length / impostor.length;
}

describe('verify on all pairs', () => {
  it.each([1, 2, 3])('agrees with brute force in float64 (seed %i)', (seed) => {
    const input = makePeople(6, 7, 0.9, seed);
    const report = verify({ ...input, folds: null });
    const pairs = bruteForcePairs(input);
    expect(report.genuinePairs).toBe(6 * 21);
    expect(report.impostorPairs).toBe(pairs.length - 6 * 21);
    expect(report.auc).toBeCloseTo(bruteForceAuc(pairs), 12);
    expect(report.folds).toBe(10);

    const candidates = pairs.map(({ score }) => rates(pairs, score));
    const bestBalanced = Math.max(...candidates.map(({ tar, far }) => (tar + 1 - far) / 2));
    const there = rates(pairs, pointOf(report, 'best-accuracy').threshold);
    expect((there.tar + 1 - there.far) / 2).toBeCloseTo(bestBalanced, 12);
    const imbalance = ({ tar, far }: { tar: number; far: number }): number => Math.abs(far - (1 - tar));
    expect(imbalance(rates(pairs, pointOf(report, 'equal-error-rate').threshold))).toBeCloseTo(
      Math.min(...candidates.map(imbalance)),
      12,
    );
    expect(report.threshold).toBe(pointOf(report, 'equal-error-rate').threshold);
    // Judged on pairs that did not choose the threshold: near the best, and never above it by construction.
    expect(report.accuracy).toBeGreaterThan(bestBalanced - 0.08);
    expect(report.accuracy).toBeLessThanOrEqual(bestBalanced + 0.01);

    const tarAt = (limit: number): number =>
      Math.max(0, ...candidates.filter(({ far }) => far <= limit).map(({ tar }) => tar));
    expect(report.tarAtFar['1e-1']).toBeCloseTo(tarAt(0.1), 12);
    expect(report.tarAtFar['1e-2']).toBeNull(); // 735 impostor pairs are fewer than 1000
    expect(report.tarAtFar['1e-3']).toBeNull();

    // Each point of the ROC is one that a threshold really gives.
    for (const point of report.roc.slice(1)) {
      expect(
        candidates.some(({ tar, far }) => Math.abs(tar - point.tar) + Math.abs(far - point.far) < 1e-12),
      ).toBe(true);
    }
    // The EER lies between the last operating point with FAR < FRR and the first beyond.
    const ordered = [...pairs].sort((a, b) => b.score - a.score).map(({ score }) => rates(pairs, score));
    const beyond = ordered.findIndex(({ tar, far }) => far >= 1 - tar);
    const [before, after] = [ordered[beyond - 1], ordered[beyond]];
    expect(report.eer).toBeGreaterThanOrEqual(before?.far ?? 0);
    expect(report.eer).toBeLessThanOrEqual(after?.far ?? 1);
  });

  it('gives TAR at FAR 1e-2 and 1e-3 once there are pairs enough', () => {
    const input = makePeople(30, 5, 0.5, 4);
    const report = verify({ ...input, folds: null });
    const pairs = bruteForcePairs(input);
    const impostors = pairs.filter((pair) => !pair.genuine).sort((a, b) => b.score - a.score);
    expect(impostors.length).toBeGreaterThan(10_000);
    const limit = present(impostors[Math.floor(impostors.length / 1000)], 'pair').score; // one too many is accepted here
    const genuine = pairs.filter((pair) => pair.genuine);
    expect(report.tarAtFar['1e-3']).toBeCloseTo(
      genuine.filter((pair) => pair.score > limit).length / genuine.length,
      12,
    );
  });

  it('chooses a threshold at FAR 1e-2 and 1e-3 and counts errors on folds that did not choose it', () => {
    const input = makePeople(30, 5, 0.5, 4);
    const report = verify({ ...input, folds: null });
    const list = allPairs(input.person);
    const pairs = Array.from(list.a, (a, i) => {
      const b = present(list.b[i], 'b');
      const row = (face: number): Float32Array =>
        input.embeddings.subarray(face * input.dimension, (face + 1) * input.dimension);
      const score = row(a).reduce((sum, value, d) => sum + value * present(row(b)[d], 'e'), 0);
      return { score, genuine: list.genuine[i] === 1, fold: present(list.fold[i], 'fold') };
    });
    const strictest = (some: readonly Scored[], far: number): number => {
      const sorted = [...some].sort((x, y) => y.score - x.score);
      const allowed = Math.floor(far * sorted.filter(({ genuine }) => !genuine).length);
      let [accepted, last] = [0, -1];
      for (const [i, { genuine }] of sorted.entries()) {
        if (!genuine && ++accepted > allowed) break;
        if (genuine) last = i;
      }
      return (present(sorted[last], 'pair').score + present(sorted[last + 1], 'next').score) / 2;
    };
    for (const [name, far] of [
      ['far-1e-2', 0.01],
      ['far-1e-3', 0.001],
    ] as const) {
      const point = pointOf(report, name);
      expect(point.threshold).toBeCloseTo(strictest(pairs, far), 6);
      let [wrong, missed] = [0, 0];
      for (let fold = 0; fold < list.folds; fold++) {
        const value = strictest(
          pairs.filter((pair) => pair.fold !== fold),
          far,
        );
        for (const pair of pairs.filter((one) => one.fold === fold)) {
          if (!pair.genuine && pair.score >= value) wrong++;
          if (pair.genuine && pair.score < value) missed++;
        }
      }
      expect(point.far).toBeCloseTo(wrong / report.impostorPairs, 12);
      expect(point.frr).toBeCloseTo(missed / report.genuinePairs, 12);
      expect(point.far).toBeGreaterThan(0);
    }
  });

  it('leaves out operating points for which there are too few impostor pairs', () => {
    const names = (people: number): string[] =>
      verify({ ...makePeople(people, 4, 0.5, 3), folds: null }).operatingPoints.map(({ name }) => name);
    expect(names(5)).toEqual(['equal-error-rate', 'best-accuracy']);
    expect(names(20)).toEqual(['equal-error-rate', 'best-accuracy', 'far-1e-2']);
  });

  it('keeps the ROC small, monotone and true to its area', () => {
    const report = verify({ ...makePeople(40, 10, 1.2, 5), folds: null });
    expect(report.impostorPairs).toBe(78_000);
    expect(report.roc.length).toBeLessThanOrEqual(300);
    expect(report.roc.length).toBeGreaterThan(150);
    expect(report.roc[0]).toEqual({ far: 0, tar: 0 });
    expect(report.roc.at(-1)).toEqual({ far: 1, tar: 1 });
    let area = 0;
    report.roc.slice(1).forEach((point, i) => {
      const before = present(report.roc[i], 'point');
      expect(point.far).toBeGreaterThanOrEqual(before.far);
      expect(point.tar).toBeGreaterThanOrEqual(before.tar);
      area += ((point.far - before.far) * (point.tar + before.tar)) / 2;
    });
    expect(area).toBeCloseTo(report.auc, 3);
    // The low-FAR end is kept: several points below one in a thousand.
    expect(report.roc.filter((point) => point.far > 0 && point.far < 1e-3).length).toBeGreaterThan(10);
  });

  it('does not depend on the order of people and photos, and repeats itself', () => {
    const input = makePeople(5, 6, 1, 6);
    const report = verify({ ...input, folds: null });
    expect(verify({ ...input, folds: null })).toEqual(report);
    const order = createRandom(1).shuffled(input.person.map((_, i) => i));
    const shuffled = verify({
      dimension: input.dimension,
      embeddings: Float32Array.from(
        order.flatMap((i) => [...input.embeddings.subarray(i * input.dimension, (i + 1) * input.dimension)]),
      ),
      person: order.map((i) => present(input.person[i], 'person')),
      folds: null,
    });
    expect(shuffled.auc).toBeCloseTo(report.auc, 12);
    expect(shuffled.eer).toBeCloseTo(report.eer, 12);
    expect(shuffled.threshold).toBeCloseTo(report.threshold, 9);
  });

  it('is not misled by many impostor pairs: guessing scores a half', () => {
    const random = createRandom(8);
    const input = makePeople(20, 5, 0, 8);
    const noise = Float32Array.from(input.embeddings, () => random.normal());
    for (let i = 0; i < input.person.length; i++) {
      const row = noise.subarray(i * input.dimension, (i + 1) * input.dimension);
      const length = Math.hypot(...row);
      for (let d = 0; d < row.length; d++) row[d] = (row[d] ?? 0) / length;
    }
    const report = verify({ ...input, embeddings: noise, folds: null });
    expect(report.accuracy).toBeGreaterThan(0.4);
    expect(report.accuracy).toBeLessThan(0.6);
  });

  it('samples where there are more pairs than it may use', () => {
    const person = Array.from({ length: 300 }, (_, i) => i % 7);
    const total = countPairs(person);
    const pairs = allPairs(person, 2000);
    expect(total.genuine).toBeGreaterThan(2000);
    expect(pairs.a).toHaveLength(4000);
    pairs.genuine.forEach((kind, i) => {
      const [a, b] = [present(pairs.a[i], 'a'), present(pairs.b[i], 'b')];
      expect(a).not.toBe(b);
      expect(person[a] === person[b]).toBe(kind === 1);
    });
    const perPerson = new Map<number, number>();
    for (const a of pairs.a.subarray(0, 2000)) {
      const who = present(person[a], 'person');
      perPerson.set(who, (perPerson.get(who) ?? 0) + 1);
    }
    for (const count of perPerson.values()) expect(Math.abs(count - 2000 / 7)).toBeLessThan(80); // 5 sigma
    expect(allPairs(person, 2000)).toEqual(pairs);
  });
});

describe('verify by hand', () => {
  it('AUC, EER, threshold and rates of six pairs', () => {
    // genuine .9 .8 .4, impostor .6 .3 .1: one of nine comparisons is lost.
    const { pairs, ...input } = withCosines(
      [0.9, 0.8, 0.4, 0.6, 0.3, 0.1],
      [true, true, true, false, false, false],
    );
    const report = verify({ ...input, folds: [pairs] });
    expect(report.auc).toBeCloseTo(8 / 9, 12);
    // ROC: (0,0) (0,2/3) (1/3,2/3) (1/3,1) (1,1). FAR = FRR at (1/3, 2/3): EER 1/3.
    expect(report.roc).toEqual([
      { far: 0, tar: 0 },
      { far: 0, tar: 2 / 3 },
      { far: 1 / 3, tar: 2 / 3 },
      { far: 1 / 3, tar: 1 },
      { far: 1, tar: 1 },
    ]);
    expect(report.eer).toBeCloseTo(1 / 3, 12);
    // Accepting .9 .8 and accepting down to .4 are both right 5 times of 6; the gap .8 | .6 is the wider one.
    expect(pointOf(report, 'best-accuracy').threshold).toBeCloseTo(0.7, 6);
    // FAR = FRR = 1/3 between .6 and .4.
    expect(report.threshold).toBeCloseTo(0.5, 6);
    expect(report.tarAtFar).toEqual({ '1e-1': null, '1e-2': null, '1e-3': null });
  });

  it('ties count half and are accepted together', () => {
    const { pairs, ...input } = withCosines([0.5, 0.5, 0.5, 0.5], [true, false, true, false]);
    const report = verify({ ...input, folds: [pairs] });
    expect(report.auc).toBe(0.5);
    expect(report.eer).toBe(0.5);
    expect(report.roc).toEqual([
      { far: 0, tar: 0 },
      { far: 1, tar: 1 },
    ]);
  });

  it('perfect and perfectly wrong', () => {
    const kinds = [true, true, false, false];
    const { pairs, ...right } = withCosines([0.9, 0.8, 0.2, 0.1], kinds);
    expect(verify({ ...right, folds: [pairs] })).toMatchObject({
      auc: 1,
      eer: 0,
      accuracy: 1,
      far: 0,
      frr: 0,
    });
    expect(verify({ ...right, folds: [pairs] }).threshold).toBeCloseTo(0.5, 6);
    const wrong = withCosines([0.1, 0.2, 0.8, 0.9], kinds);
    expect(verify({ ...wrong, folds: [wrong.pairs] })).toMatchObject({ auc: 0, eer: 1 });
  });

  it('AUC and EER do not change under a monotone map of the similarities', () => {
    const random = createRandom(11);
    const kinds = Array.from({ length: 60 }, (_, i) => i % 3 === 0);
    const cosines = kinds.map((genuine) => Math.tanh(random.normal() * 0.4 + (genuine ? 0.5 : 0)));
    const plain = withCosines(cosines, kinds);
    const mapped = withCosines(
      cosines.map((cosine) => cosine ** 3),
      kinds,
    );
    const before = verify({ ...plain, folds: [plain.pairs] });
    const after = verify({ ...mapped, folds: [mapped.pairs] });
    expect(after.auc).toBe(before.auc);
    expect(after.eer).toBe(before.eer);
    expect(after.roc).toEqual(before.roc);
  });

  it("follows LFW's protocol: each fold is evaluated with the threshold of the others", () => {
    // Fold 0 separates at .5. Fold 1 separates at .85: its own best threshold would be right, that of fold 0 is not.
    const { pairs, ...input } = withCosines(
      [0.6, 0.7, 0.4, 0.3, 0.9, 0.95, 0.8, 0.75],
      [true, true, false, false, true, true, false, false],
    );
    const report = verify({ ...input, folds: [pairs.slice(0, 4), pairs.slice(4)] });
    expect(report.folds).toBe(2);
    // Threshold of fold 1 (0.85) refuses all of fold 0: 1/2. Threshold of fold 0 (0.5) accepts all of fold 1: 1/2.
    expect(report.accuracy).toBe(0.5);
    // So do the error rates: 2 of 4 impostor pairs accepted, 2 of 4 genuine pairs rejected.
    expect(pointOf(report, 'best-accuracy')).toMatchObject({ far: 0.5, frr: 0.5 });
    expect(report).toMatchObject({ far: 0.5, frr: 0.5 });
    // Empty folds are left out; one that has lost its impostor pairs counts with the rate of the genuine ones.
    const uneven = verify({ ...input, folds: [pairs.slice(0, 4), [], pairs.slice(4, 6), pairs.slice(6)] });
    expect(uneven.folds).toBe(3);
  });
});

describe('inputs that cannot be verified', () => {
  const few = { embeddings: Float32Array.of(1, 0, 1, 0, 0, 1), dimension: 2, person: [0, 0, 1], folds: null };
  it('are found by canVerify and rejected with a sentence', () => {
    expect(canVerify(few)).toBe(false);
    expect(canVerify({ person: [], folds: null })).toBe(false);
    expect(canVerify({ person: [0, 0, 0], folds: null })).toBe(false);
    expect(canVerify({ person: [0, 1, 2], folds: null })).toBe(false);
    expect(canVerify({ person: [0, 0, 1, 1], folds: null })).toBe(true);
    expect(canVerify({ person: [0, 0, 1, 1], folds: [[{ a: 0, b: 1, genuine: true }]] })).toBe(false);
    expect(() => verify(few)).toThrow(ProblemError);
    expect(() => verify(few)).toThrow(/1 genuine \(one person\) and 2 impostor/);
  });
  it('name a network that has diverged', () => {
    const embeddings = Float32Array.of(1, 0, Number.NaN, 0, 0, 1, 1, 0);
    expect(() => verify({ embeddings, dimension: 2, person: [0, 0, 1, 1], folds: null })).toThrow(/NaN/);
  });
});
