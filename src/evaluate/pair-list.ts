import type { VerificationPair } from '../domain/faces.ts';
import { assert, present } from '../lib/assert.ts';
import { createRandom, type Random } from '../lib/random.ts';
import type { PairList } from './ranked-pairs.ts';

/** More pairs of a kind than this are sampled: the standard error of a rate is then below 0.0004. */
export const MAX_PAIRS_OF_A_KIND = 2_000_000;
const FOLDS = 10;
/** Fixed, so that every epoch and the untrained network are verified on the same pairs and folds. */
const SEED = 20180117;

/**
 * Every pair of two photos of one person and every pair of photos of two people, divided into ten folds (fewer where there
 * are fewer than ten pairs of a kind). More than two million of a kind: that many drawn at random with
 * replacement, from a fixed seed.
 *
 * @param person person[i] is whose face embedding i shows.
 */
export function allPairs(person: readonly number[], most: number = MAX_PAIRS_OF_A_KIND): PairList {
  const groups = groupByPerson(person);
  const total = countPairs(person);
  const random = createRandom(SEED);
  const genuine =
    total.genuine > most
      ? drawGenuine(groups, most, random.fork('genuine'))
      : everyGenuine(groups, total.genuine);
  const impostor =
    total.impostor > most
      ? drawImpostor(person, most, random.fork('impostor'))
      : everyImpostor(person, total.impostor);
  const kinds = new Uint8Array(genuine.a.length + impostor.a.length).fill(1, 0, genuine.a.length);
  return {
    a: joined(genuine.a, impostor.a),
    b: joined(genuine.b, impostor.b),
    genuine: kinds,
    ...intoFolds(kinds),
  };
}

/**
 * The pairs of a pairs file, with its folds. Folds without pairs are left out. Where a threshold could not be chosen on
 * the other folds (one fold only, or all pairs of a kind in one fold), the pairs are divided into new folds.
 */
export function listedPairs(folds: readonly (readonly VerificationPair[])[]): PairList {
  const used = folds.filter((fold) => fold.length > 0);
  const pairs = used.flat();
  const kinds = Uint8Array.from(pairs, (pair) => (pair.genuine ? 1 : 0));
  const listed = {
    fold: Uint16Array.from(used.flatMap((fold, index) => fold.map(() => index))),
    folds: used.length,
  };
  return {
    a: Uint32Array.from(pairs, (pair) => pair.a),
    b: Uint32Array.from(pairs, (pair) => pair.b),
    genuine: kinds,
    ...(everyKindInTwoFolds(used) ? listed : intoFolds(kinds)),
  };
}

/** Numbers of pairs of one person and of two people among these photos. */
export function countPairs(person: readonly number[]): { genuine: number; impostor: number } {
  let genuine = 0;
  for (const group of groupByPerson(person)) genuine += (group.length * (group.length - 1)) / 2;
  return { genuine, impostor: (person.length * (person.length - 1)) / 2 - genuine };
}

function everyKindInTwoFolds(folds: readonly (readonly VerificationPair[])[]): boolean {
  const withKind = (genuine: boolean): number =>
    folds.filter((fold) => fold.some((pair) => pair.genuine === genuine)).length;
  return withKind(true) >= 2 && withKind(false) >= 2;
}

/** Divides the pairs of each kind evenly into folds: every run of `folds` pairs is spread over all of them. */
function intoFolds(kinds: Uint8Array): { fold: Uint16Array; folds: number } {
  const genuine = kinds.reduce((sum, kind) => sum + kind, 0);
  const folds = Math.max(1, Math.min(FOLDS, genuine, kinds.length - genuine));
  const fold = new Uint16Array(kinds.length);
  const random = createRandom(SEED).fork('folds');
  const order = Array.from({ length: folds }, (_, index) => index);
  for (const kind of [0, 1]) {
    let shuffled = order;
    let placed = 0;
    for (let i = 0; i < kinds.length; i++) {
      if (kinds[i] !== kind) continue;
      if (placed % folds === 0) shuffled = random.shuffled(order);
      fold[i] = present(shuffled[placed % folds], 'fold');
      placed++;
    }
  }
  return { fold, folds };
}

function joined(first: Uint32Array, second: Uint32Array): Uint32Array {
  const both = new Uint32Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

interface Ends {
  readonly a: Uint32Array;
  readonly b: Uint32Array;
}

function groupByPerson(person: readonly number[]): number[][] {
  const groups = new Map<number, number[]>();
  person.forEach((who, index) => {
    const group = groups.get(who);
    if (group) group.push(index);
    else groups.set(who, [index]);
  });
  return [...groups.values()];
}

function everyGenuine(groups: readonly (readonly number[])[], count: number): Ends {
  const ends = { a: new Uint32Array(count), b: new Uint32Array(count) };
  let next = 0;
  for (const group of groups) {
    for (let i = 0; i < group.length; i++) {
      for (let j = i + 1; j < group.length; j++) {
        ends.a[next] = present(group[i], 'face');
        ends.b[next] = present(group[j], 'face');
        next++;
      }
    }
  }
  return ends;
}

function everyImpostor(person: readonly number[], count: number): Ends {
  const ends = { a: new Uint32Array(count), b: new Uint32Array(count) };
  let next = 0;
  for (let i = 0; i < person.length; i++) {
    for (let j = i + 1; j < person.length; j++) {
      if (person[i] === person[j]) continue;
      ends.a[next] = i;
      ends.b[next] = j;
      next++;
    }
  }
  return ends;
}

/** A group with probability proportional to its number of pairs, then two different members of it. */
function drawGenuine(groups: readonly (readonly number[])[], count: number, random: Random): Ends {
  let total = 0;
  const ends = groups.map((group) => {
    total += (group.length * (group.length - 1)) / 2;
    return total;
  });
  return draw(count, () => {
    const ticket = random.next() * total;
    const group = present(groups[firstAbove(ends, ticket)], 'group');
    return [
      present(group[random.below(group.length)], 'face'),
      present(group[random.below(group.length)], 'face'),
    ];
  });
}

function drawImpostor(person: readonly number[], count: number, random: Random): Ends {
  return draw(count, () => {
    const first = random.below(person.length);
    const second = random.below(person.length);
    return person[first] === person[second] ? [first, first] : [first, second];
  });
}

/** Draws until `count` pairs of two different faces are there. */
function draw(count: number, next: () => readonly [number, number]): Ends {
  const a = new Uint32Array(count);
  const b = new Uint32Array(count);
  for (let i = 0; i < count; ) {
    const [first, second] = next();
    if (first === second) continue;
    a[i] = first;
    b[i] = second;
    i++;
  }
  return { a, b };
}

function firstAbove(ends: readonly number[], ticket: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (present(ends[middle], 'end') > ticket) high = middle;
    else low = middle + 1;
  }
  assert(low < ends.length, 'a ticket falls into a group');
  return low;
}
