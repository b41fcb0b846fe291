import { describe, expect, it } from 'vitest';
import { labelChoices } from '../../../src/ingest/files/label-choices.ts';

/** `a/{b,c}/d` as its paths. */
function expand(pattern: string): string[] {
  const found = /\{([^{}]*)\}/.exec(pattern);
  if (!found) return [pattern];
  const [whole, inside = ''] = found;
  return inside.split(',').flatMap((part) => expand(pattern.replace(whole, part)));
}

function choices(patterns: readonly string[], level: number | null = null, roots = 1) {
  const photos = patterns.flatMap(expand).map((path) => ({ path, roots }));
  return labelChoices(photos, [], level);
}

const people = (patterns: readonly string[]): string[] => [
  ...new Set((choices(patterns)[0]?.labels ?? []).map((label) => label ?? '-')),
];

describe('which folder names the person', () => {
  const photo = '{1,2}.jpg';

  it('goes above folders that divide the photos of one person', () => {
    const trees: readonly (readonly [string, readonly string[], readonly string[]])[] = [
      ['CFP', [`Images/{001,002,003}/{frontal,profile}/${photo}`], ['001', '002', '003']],
      [
        'YouTube Faces',
        [`db/Ada_Aa/{0,1}/${photo}`, `db/Bo_Bb/3/${photo}`, `db/Cy_Cc/{0,2}/${photo}`],
        ['Ada_Aa', 'Bo_Bb', 'Cy_Cc'],
      ],
      ['VoxCeleb', [`vox/{Ada,Bo}/1.6/{Y8hIVOBuels,7gWzIy6yIIk}/${photo}`], ['Ada', 'Bo']],
      [
        'VoxCeleb ids',
        [`dev/{id10001,id10002}/{1zcIwhmdeo4,7gWzIy6yIIk,J9lHsKG98U8}/${photo}`],
        ['id10001', 'id10002'],
      ],
      ['splits below people', [`data/{Ada,Bo}/{train,test}/${photo}`], ['Ada', 'Bo']],
      ['one person', [`Ada/{train,test}/${photo}`], ['Ada']],
      ['the same few names', [`x/{Ada,Bo,Cy,Di}/{ears,hats}/${photo}`], ['Ada', 'Bo', 'Cy', 'Di']],
      ['numbers below numbers', [`x/{001,002,003}/{01,02}/${photo}`], ['001', '002', '003']],
      ['dates', [`x/Ada/{2019-05-01,2020-01-31}/${photo}`, `x/Bo/2018-11-11/${photo}`], ['Ada', 'Bo']],
      ['sessions with cameras', [`x/{Ada,Bo}/session{1,2}/cam{1,2}/${photo}`], ['Ada', 'Bo']],
      ['more photos of some', [`x/{Ada,Bo}/${photo}`, 'x/Ada/holidays/3.jpg'], ['Ada', 'Bo']],
      ['one folder each', [`x/{Ada,Bo,Cy}/pictures/${photo}`], ['Ada', 'Bo', 'Cy']],
      ['above two parts', [`x/{train,test}/{Ada,Bo}/{frontal,profile}/${photo}`], ['Ada', 'Bo']],
    ];
    for (const [name, patterns, expected] of trees) expect(people(patterns), name).toEqual(expected);
  });

  it('leaves plain folders and groups of people alone, without a question', () => {
    const trees: readonly (readonly [string, readonly string[], readonly string[]])[] = [
      ['plain', [`{Ada,Bo}/${photo}`], ['Ada', 'Bo']],
      ['below a root', [`root/{Ada,Bo}/${photo}`], ['Ada', 'Bo']],
      ['groups', [`x/classA/{Ada,Bo}/${photo}`, `x/classB/{Cy,Di}/${photo}`], ['Ada', 'Bo', 'Cy', 'Di']],
      ['groups of one', [`classA/Ada/${photo}`, `classB/Bo/${photo}`], ['Ada', 'Bo']],
      ['splits above people', [`x/{train,val,test}/{Ada,Bo}/${photo}`], ['Ada', 'Bo']],
      ['sessions above people', [`x/session{1,2,3}/{Ada,Bo}/${photo}`], ['Ada', 'Bo']],
      [
        'ids in folders of a hundred',
        [`x/00/{0001,0002}/${photo}`, `x/01/{0101,0102}/${photo}`],
        ['0001', '0002', '0101', '0102'],
      ],
      [
        'ids below splits',
        [`x/train/{n000001,n000002}/${photo}`, `x/test/n000003/${photo}`],
        ['n000003', 'n000001', 'n000002'].sort(),
      ],
      ['numbered people', [`orl/s{1,2,3}/${photo}`], ['s1', 's2', 's3']],
      ['a person called Val', [`x/{Val,Ada}/${photo}`], ['Val', 'Ada']],
      ['loose photos', ['people/loose.jpg', `people/{Ada,Bo}/${photo}`], ['-', 'Ada', 'Bo']],
      ['families', [`x/{Smiths,Browns}/John/${photo}`], ['John (Smiths)', 'John (Browns)']],
    ];
    for (const [name, patterns, expected] of trees) {
      expect(choices(patterns), name).toHaveLength(1);
      expect(people(patterns).sort(), name).toEqual([...expected].sort());
    }
  });

  it('offers the other levels, with what they would give', () => {
    const [first, second, ...rest] = choices(['Images/{001,002}/{frontal,profile}/{1,2}.jpg']);
    expect(rest).toEqual([]);
    expect(first?.choice).toEqual({
      source: { kind: 'folder', example: 'Images/001/frontal/1.jpg', folder: '001', level: 1 },
      identities: 2,
      unlabelled: 0,
      skipped: 0,
      names: ['001', '002'],
    });
    // Folders of usual names at different places are one.
    expect(second?.choice).toMatchObject({ source: { folder: 'frontal', level: 2 }, identities: 4 });
    // Numbers below groups can be people or not: the folder that holds the photo stays the first choice.
    const unclear = choices(['x/class{A,B}/{01,02,03}/{1,2}.jpg']);
    expect(unclear.map(({ choice }) => choice.identities)).toEqual([6, 2]);
  });

  it('takes the level that is said, counted below what was dropped or inside the .zip', () => {
    const paths = ['Images/{001,002}/{frontal,profile}/1.jpg'];
    expect(choices(paths, 1)[0]?.choice.names).toEqual(['001', '002']);
    expect(choices(paths, 2)[0]?.choice.identities).toBe(4);
    expect(choices(paths, 1, 0)[0]?.choice.names).toEqual(['Images']);
    expect(choices(paths, 2, 0)[0]?.choice.names).toEqual(['001', '002']);
    expect(choices(['x/Ada/more/1.jpg', 'x/Bo/1.jpg', 'x/loose.jpg'], 2)[0]?.labels).toEqual([
      'more',
      'Bo',
      null,
    ]);
    expect(() => choices(paths, 3)).toThrow(/deepest with photos is at level 2/);
  });
});

describe('who is on the photos of one folder', () => {
  const named = (files: readonly string[]): readonly (string | null)[] | undefined => {
    const [first] = choices(files.map((file) => `photos/${file}`));
    return first?.choice.source.kind === 'file-name' ? first.labels : undefined;
  };

  it('proposes what stands before the number of the file name', () => {
    expect(named(['ada_001.jpg', 'ada_002.jpg', 'bob_001.jpg', 'bob-2.jpg'])).toEqual([
      'ada',
      'ada',
      'bob',
      'bob',
    ]);
    expect(named(['Ada Lovelace 3.png', 'Ada Lovelace 4.png', 'Bo (1).png', 'Bo (2).png', 'Bo.png'])).toEqual(
      ['Ada Lovelace', 'Ada Lovelace', 'Bo', 'Bo', 'Bo'],
    );
    expect(
      named(['George_W_Bush_0001.jpg', 'George_W_Bush_0002.jpg', 'Al_Gore_0001.jpg', 'Al_Gore_0002.jpg']),
    ).toEqual(['George_W_Bush', 'George_W_Bush', 'Al_Gore', 'Al_Gore']);
    expect(named(['53_Al_Gore_0001.jpg', '54_Al_Gore_0002.jpg', '9_Bo_0001.jpg', '9_Bo_0002.jpg'])?.[0]).toBe(
      'Al_Gore',
    );
    expect(named(['1_1.jpg', '1_2.jpg', '2_1.jpg', '2_2.jpg'])).toEqual(['1', '1', '2', '2']);
    expect(named(['person 1 (1).jpg', 'person 1 (2).jpg', 'person 2 (1).jpg', 'person 2 (2).jpg'])?.[2]).toBe(
      'person 2',
    );
    expect(named(['1_ada.jpg', '2_ada.jpg', '1_bo.jpg', '2_bo.jpg'])?.[2]).toBe('bo');
    expect(named(['ada1.jpg', 'ada2.jpg', 'bo1.jpg', 'bo2.jpg'])?.[3]).toBe('bo');
    // One that says nobody is skipped, and said.
    const files = [...expand('p/{ada,bo}_{1,2,3,4}.jpg'), 'p/IMG_7.jpg'];
    expect(choices(files)[0]?.choice).toMatchObject({ identities: 2, skipped: 1 });
    expect(choices(files)[1]?.choice).toMatchObject({
      source: { kind: 'folder', folder: 'p' },
      identities: 1,
    });
  });

  it('finds nobody in the numbers of cameras, in dates and where folders name the people', () => {
    expect(named(['IMG_0001.jpg', 'IMG_0002.jpg', 'DSC_0001.jpg', 'DSC_0002.jpg'])).toBeUndefined();
    expect(named(['000001.jpg', '000002.jpg', '000003.jpg', '000004.jpg'])).toBeUndefined();
    expect(
      named(['20190512_101112.jpg', '20190512_101113.jpg', '20190513_101112.jpg', '20190513_101113.jpg']),
    ).toBeUndefined();
    expect(named(['ada.jpg', 'bob.jpg', 'cy.jpg'])).toBeUndefined();
    expect(choices(['x/{Ada,Bo}/{paris,rome}_{1,2}.jpg'])).toHaveLength(1);
  });
});
