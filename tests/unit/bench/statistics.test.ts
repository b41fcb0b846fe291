import { expect, it } from 'vitest';
import { relativeSpeed, summarise } from '../../../bench/statistics.ts';

it('summarises steps by median and quartiles', () => {
  expect(summarise([5, 1, 2, 4, 3])).toEqual({ median: 3, spread: 2, lowest: 1, highest: 5, count: 5 });
  expect(summarise([1, 2, 3, 10])).toEqual({ median: 2.5, spread: 3, lowest: 1, highest: 10, count: 4 });
  expect(summarise([7])).toEqual({ median: 7, spread: 0, lowest: 7, highest: 7, count: 1 });
});

it('compares round with round, so that a machine that slows down between rounds changes nothing', () => {
  const first = [
    [10, 10, 11],
    [20, 20, 20],
    [40, 38, 40],
  ];
  const twice = first.map((round) => round.map((ms) => ms / 2));
  expect(relativeSpeed(twice, first)).toBeCloseTo(2);
  expect(relativeSpeed(first, first)).toBe(1);
  // Broke off after one round: that round counts.
  expect(relativeSpeed([[5]], first)).toBe(2);
  expect(relativeSpeed([], first)).toBeNull();
});
