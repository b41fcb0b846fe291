import { expect, it } from 'vitest';
import { wilsonInterval } from '../../../src/lib/wilson.ts';

it('gives the limits at which the share is one quantile away: (p - l)^2 = z^2 l (1 - l) / n', () => {
  for (const [share, count] of [
    [0.043, 50],
    [0.5, 8],
    [0, 30],
    [1, 12],
  ] as const) {
    for (const limit of wilsonInterval(share, count)) {
      if (limit === share) continue; // 0 of n and n of n reach the end
      const z = Math.abs(share - limit) / Math.sqrt((limit * (1 - limit)) / count);
      expect(z).toBeCloseTo(1.959964, 6);
    }
  }
  expect(wilsonInterval(0, 30)[0]).toBe(0);
  expect(wilsonInterval(1, 12)[1]).toBe(1);
});
