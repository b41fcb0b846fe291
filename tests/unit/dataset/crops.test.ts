import { describe, expect, it } from 'vitest';
import { presets } from '../../../src/config/presets.ts';
import { cropFolders } from '../../../src/dataset/crop-names.ts';
import { cropArchive, cropTable, prepareCrops } from '../../../src/dataset/crops.ts';
import { splitFaces } from '../../../src/dataset/split.ts';
import type { TrainingSet } from '../../../src/domain/faces.ts';
import { readArchive } from '../../../src/lib/archive.ts';
import { personId, sampleId } from '../../../src/lib/brand.ts';
import { CancelledError } from '../../../src/lib/problem.ts';
import { createRandom } from '../../../src/lib/random.ts';

const HOSTILE = [
  '../up',
  '..',
  '',
  '/etc/passwd',
  'C:\\x',
  'CON',
  'nul.txt',
  'LPT¹',
  'split.csv',
  '-rf',
  ' a. ',
  'a\0b',
];

describe('names of folders', () => {
  it('are the names of the people where these are safe', () => {
    const names = ['Ada Lovelace', 'Müller-Lüdenscheidt', 'O_2', '王小明', 'Jr. 3'];
    expect(cropFolders(names)).toEqual(names);
  });

  it('never lead out, are no device, and end in neither dot nor space', () => {
    for (const name of cropFolders([...HOSTILE, 'x'.repeat(500), '🙂'.repeat(99), '<b>:"|?*'])) {
      expect(name).toMatch(/^(?![ .-])[\p{L}\p{M}\p{N} ._-]+(?<![ .])$/u);
      expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt[\d¹])(\.|$)/i);
      expect(name.toLowerCase()).not.toBe('split.csv');
      expect(new TextEncoder().encode(name).length).toBeLessThan(255);
    }
  });

  it('are distinct, also where capitals, accents in two forms and what was replaced do not count', () => {
    const names = cropFolders(['Bo', 'bo', 'a/b', 'a:b', 'a_b', 'é', 'e\u0301', 'Bo 2', 'Straße', 'STRASSE']);
    expect(new Set(names.map((name) => name.normalize('NFKC').toUpperCase())).size).toBe(names.length);
    expect(names.slice(0, 5)).toEqual(['Bo', 'bo 2', 'a_b', 'a_b 2', 'a_b 3']);
  });
});

const image = (face: number): Blob => new Blob([`picture ${face}`]);

/** Nine people with six faces each; faces 0 and 1 are copies. */
const data: TrainingSet = {
  people: Array.from({ length: 9 }, (_, i) => ({
    id: personId(`${i}`),
    name: i < 2 ? 'a/b' : `Person ${i}`,
  })),
  faces: Array.from({ length: 54 }, (_, i) => ({
    id: sampleId(`${i}`),
    person: Math.floor(i / 6),
    image: image(i),
  })),
  nearCopies: [[0, 1]],
};
const config = { ...presets.quick, seed: 5 };

describe('the data set as prepared', () => {
  it('has the roles that a run with these settings gives', () => {
    const crops = prepareCrops(data, config);
    const split = splitFaces(
      data.faces.map(({ person }) => person),
      9,
      config.heldOut,
      createRandom(5).fork('split'),
      data.faces.map((_, face) => (face === 1 ? 0 : face)),
    );
    const facesOf = (role: string): number[] => crops.flatMap((crop, i) => (crop.role === role ? [i] : []));
    const sorted = (faces: readonly number[]): number[] => [...faces].sort((a, b) => a - b);
    expect(facesOf('train')).toEqual(sorted(split.train));
    expect(facesOf('validation')).toEqual(sorted(split.heldOut));
    expect(facesOf('verification')).toEqual(sorted(split.verification));
    expect(split.verification.length).toBeGreaterThan(0);
    expect(crops).toHaveLength(54);
  });

  it('gives two people of one name a folder each, and numbers the faces of each', () => {
    const files = prepareCrops(data, config).map(({ file }) => file);
    expect(files.slice(4, 8)).toEqual(['a_b/0005.png', 'a_b/0006.png', 'a_b 2/0001.png', 'a_b 2/0002.png']);
    expect(new Set(files).size).toBe(54);
  });

  it('is a .zip with every face and a table; nothing when cancelled', async () => {
    const crops = prepareCrops(data, config);
    const { signal } = new AbortController();
    const files = await readArchive(await cropArchive(crops, cropTable(crops), new Date(0), signal));
    expect(files.size).toBe(55);
    expect(new TextDecoder().decode(files.get('Person 3/0002.png'))).toBe('picture 19');
    const table = new TextDecoder().decode(files.get('split.csv')).split('\r\n');
    expect(table[0]).toBe('file,person,role');
    expect(table).toHaveLength(56);
    expect(table[1]).toMatch(/^a_b\/0001\.png,a\/b,(train|validation|verification|unused)$/);
    await expect(cropArchive(crops, null, new Date(0), AbortSignal.abort())).rejects.toThrow(CancelledError);
  });

  it('has a table in which a name may hold anything', () => {
    const row = { file: 'x/0001.png', person: 'A "B", C\nD', role: 'train' } as const;
    expect(cropTable([row])).toBe('file,person,role\r\nx/0001.png,"A ""B"", C\nD",train\r\n');
  });
});
