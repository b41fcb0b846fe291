import { expect, it } from 'vitest';
import { toCsv } from '../../../src/state/use/csv.ts';

it('text that a spreadsheet would compute gets an apostrophe, numbers do not', () => {
  const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx'];
  for (const text of formulas) {
    const line = toCsv([[text]]).slice(1);
    expect(line.replace(/^"/, '').startsWith("'"), JSON.stringify(text)).toBe(true);
  }
  expect(toCsv([[-0.25, 'a=b', ' =1']])).toBe('\uFEFF-0.25,a=b, =1\r\n');
});

it('quotes what would end a field, doubles quotes, and begins with a byte-order mark', () => {
  expect(
    toCsv([
      ['a,b', 'c"d', 'e\r\nf', 'g;h', ''],
      ['Zoë', 1],
    ]),
  ).toBe('\uFEFF"a,b","c""d","e\r\nf","g;h",\r\nZoë,1\r\n');
  expect(toCsv([['=HYPERLINK("http://x","y")']])).toBe('\uFEFF"\'=HYPERLINK(""http://x"",""y"")"\r\n');
});
