import { expect, it } from 'vitest';
import { addressOf, SCREENS, screenAt } from '../../../src/ui/common/screens.ts';

it('every screen has its address, and any other address is that of Start', () => {
  for (const id of SCREENS) expect(screenAt(addressOf(id))).toBe(id);
  for (const hash of ['', '#', '#evaluate', 'data', '#data/1', '#__proto__'])
    expect(screenAt(hash)).toBe('start');
});
