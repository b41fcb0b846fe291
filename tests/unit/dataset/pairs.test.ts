import { describe, expect, it } from 'vitest';
import { parsePairs, resolvePairs } from '../../../src/dataset/pairs.ts';
import { ProblemError } from '../../../src/lib/problem.ts';

const TWO_FOLDS = [
  '2\t1',
  'Ada\t1\t2',
  'Ada\t3\tBob Ross\t1',
  'Bob Ross\t1\t2',
  'Bob Ross\t2\tAda\t10',
  '',
].join('\n');

const problemOf = (run: () => unknown): string => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof ProblemError) return thrown.problem.what;
    throw thrown;
  }
  throw new Error('nothing was thrown');
};

describe('parsePairs', () => {
  it('reads folds of matched and mismatched pairs, also with CRLF and a byte-order mark', () => {
    for (const text of [TWO_FOLDS, `\uFEFF${TWO_FOLDS.replaceAll('\n', '\r\n')}`]) {
      expect(parsePairs(text).folds).toEqual([
        [
          { a: { name: 'Ada', number: 1 }, b: { name: 'Ada', number: 2 }, genuine: true },
          { a: { name: 'Ada', number: 3 }, b: { name: 'Bob Ross', number: 1 }, genuine: false },
        ],
        [
          { a: { name: 'Bob Ross', number: 1 }, b: { name: 'Bob Ross', number: 2 }, genuine: true },
          { a: { name: 'Bob Ross', number: 2 }, b: { name: 'Ada', number: 10 }, genuine: false },
        ],
      ]);
    }
  });

  it('reads a header of one number as one fold, and blanks instead of tabs', () => {
    const { folds } = parsePairs('1\nAda 1 2\nAda 1 Bob 0002');
    expect(folds).toHaveLength(1);
    expect(folds[0]?.[1]?.b).toEqual({ name: 'Bob', number: 2 });
  });

  it.each([
    ['', /empty/],
    ['x\t1', /Line 1 .*"x"/],
    ['1\t1\t1', /Line 1/],
    ['5000\t1', /more than 1000 folds/],
    ['1000\t9000', /more than/],
    ['1\t1\nAda\t1\t2', /announces 1 x 1 x 2 = 2 pairs, but holds 1/],
    ['1\t1\n\nAda\t1\tBob\t2\nAda\t1\t2', /Line 3 .*two numbers/],
    ['1\t1\nAda\t1\t2\nAda\t1\t2', /Line 3 .*another name/],
    ['1\t1\nAda\t0\t2\nAda\t1\tBob\t2', /Line 2 .*"0"/],
    ['1\t1\nAda\t1\t-2\nAda\t1\tBob\t2', /Line 2 .*"-2"/],
    ['1\t1\nAda\t2\t2\nAda\t1\tBob\t2', /Line 2 .*itself/],
    ['1\t1\nAda\t1\t2\nAda\t1\tAda\t2', /Line 3 .*two people/],
  ])('names what is wrong in %j', (text, message) => {
    expect(problemOf(() => parsePairs(text))).toMatch(message);
  });
});

describe('resolvePairs', () => {
  const file = (label: string | null, path: string) => ({ label, path });

  it('goes by the number in the file name, whatever the order, and counts what is missing', () => {
    const files = [
      file('Ada', 'x/Ada/Ada_0010.jpg'),
      file('Ada', 'x/Ada/Ada_0001.jpg'),
      file('Bob Ross', 'x/Bob Ross/1.pgm'),
      file('Ada', 'x/Ada/Ada_0002.jpg'),
      file(null, '7.jpg'),
      file('Bob Ross', 'x/Bob Ross/2.pgm'),
    ];
    const resolved = resolvePairs(parsePairs(TWO_FOLDS), files);
    expect(resolved).toEqual({
      folds: [
        [{ a: 1, b: 3, genuine: true }],
        [
          { a: 2, b: 5, genuine: true },
          { a: 5, b: 0, genuine: false },
        ],
      ],
      used: 3,
      missing: [{ a: { name: 'Ada', number: 3 }, b: { name: 'Bob Ross', number: 1 }, genuine: false }],
      missingPhotos: ['Ada 3'],
      absentPhotos: ['Ada 3'],
    });
  });

  it('counts sorted photos where names have no numbers; photos without a face keep their place', () => {
    const text = '1\nAda 1 3\nAda 2 Bob 1';
    const files = [file('Ada', 'Ada/c.jpg'), file('Ada', 'Ada/a.jpg'), file('Bob', 'Bob/x_1.jpg')];
    const resolved = resolvePairs(parsePairs(text), files, [file('Ada', 'Ada/b.jpg')]);
    expect(resolved.folds).toEqual([[{ a: 1, b: 0, genuine: true }]]);
    expect(resolved.missingPhotos).toEqual(['Ada 2']);
    expect(resolved.absentPhotos).toEqual([]);
  });

  it('does not trust numbers that two photos share', () => {
    const files = [file('Ada', 'Ada/b_1.jpg'), file('Ada', 'Ada/a_1.jpg'), file('Bob', 'Bob/1.jpg')];
    const resolved = resolvePairs(parsePairs('1\nAda 1 2\nAda 2 Bob 1'), files);
    expect(resolved.folds).toEqual([
      [
        { a: 1, b: 0, genuine: true },
        { a: 0, b: 2, genuine: false },
      ],
    ]);
  });

  it('says so when nothing fits', () => {
    const resolve = () => resolvePairs(parsePairs('1\nAda 1 2\nAda 2 Bob 1'), [file('Eve', 'Eve/1.jpg')]);
    expect(problemOf(resolve)).toMatch(/None of the 2 pairs .*Ada 1/);
  });
});
