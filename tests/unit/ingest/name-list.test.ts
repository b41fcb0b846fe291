import { describe, expect, it } from 'vitest';
import { labelChoices } from '../../../src/ingest/files/label-choices.ts';
import { photoFinder, readNameList } from '../../../src/ingest/files/name-list.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(text: string | Uint8Array, paths: readonly string[], name = 'list.txt') {
  const bytes = typeof text === 'string' ? utf8(text) : text;
  return readNameList(name, bytes, paths.length, photoFinder(paths));
}

const FOUR = ['img/000001.jpg', 'img/000002.jpg', 'img/000003.jpg', 'img/000004.jpg'];

describe('lists of names', () => {
  it('reads CelebA and its like', () => {
    const text = '000001.jpg 2880\n000002.jpg 2937\n000003.jpg 2880\n000004.jpg 2937\n';
    expect(read(text, FOUR, 'identity_CelebA.txt')).toEqual({
      names: ['2880', '2937', '2880', '2937'],
      unread: 0,
      firstUnread: null,
      absent: 0,
      saysPeople: true,
    });
    // A few photos of a long list.
    const long = Array.from(
      { length: 30_000 },
      (_, i) => `${String(i + 1).padStart(6, '0')}.jpg ${i % 7}`,
    ).join('\n');
    const few = ['x/020001.jpg', 'x/020002.jpg', 'x/020003.jpg', 'x/020008.jpg'];
    expect(read(long, few)).toMatchObject({ names: ['1', '2', '3', '1'], absent: 29_996 });
  });

  it('reads CSV with any separator, quotes, a header, folders in the names, other encodings', () => {
    const names = ['Ada, Countess', 'Bo', 'Ada, Countess', 'Bo'];
    const rows = [
      '000001.jpg,"Ada, Countess"',
      '"000002.jpg",Bo',
      'img\\000003.jpg,"Ada, Countess"',
      './img/000004.jpg,"Bo"',
    ];
    expect(read(rows.join('\r\n'), FOUR)?.names).toEqual(names);
    expect(read(['file,name', ...rows].join('\n'), FOUR)?.names).toEqual(names);
    expect(read('person;age;file\nAda;3;000001\nBo;4;000002\nAda;5;000003\nBo;6;000004', FOUR)).toMatchObject(
      {
        names: ['Ada', 'Bo', 'Ada', 'Bo'],
        saysPeople: true,
      },
    );
    expect(read('000001.jpg\tAda "A" L\n000002.jpg\tBo\n000003.jpg\tBo', FOUR)?.names).toEqual([
      'Ada "A" L',
      'Bo',
      'Bo',
      null,
    ]);
    const utf16 = new Uint8Array([
      0xff,
      0xfe,
      ...[...'000001.jpg;Zoë\n000002.jpg;Bo\n000003.jpg;Bo'].flatMap((c) => [
        c.charCodeAt(0) & 255,
        c.charCodeAt(0) >> 8,
      ]),
    ]);
    expect(read(utf16, FOUR)?.names).toEqual(['Zoë', 'Bo', 'Bo', null]);
    const latin = Uint8Array.from('000001.jpg;Zo\xeb\n000002.jpg;Bo\n000003.jpg;Bo', (c) => c.charCodeAt(0));
    expect(read(latin, FOUR)?.names[0]).toBe('Zoë');
  });

  it('tells files of one name apart by their folders, and guesses none', () => {
    const paths = ['d/a/1.jpg', 'd/b/1.jpg', 'd/b/2.jpg', 'd/b/3.jpg'];
    const text = 'file,person\na/1.jpg,Ada\nb/1.jpg,Bo\n/data/b/2.jpg,Bo\n3.jpg,Ada\n';
    expect(read(text, paths)?.names).toEqual(['Ada', 'Bo', 'Bo', 'Ada']);
    expect(read('file,person\n1.jpg,Ada\n2.jpg,Bo', paths)).toMatchObject({
      names: [null, null, 'Bo', null],
      absent: 1,
    });
  });

  it('counts bad lines and takes hostile ones for what they are', () => {
    const text =
      '000001.jpg,Ada\n,\n000002.jpg,\n"000003.jpg,Bo\n000001.jpg,Eve\n000004.jpg,<img src=x>\n000003.jpg,Ada\n';
    expect(read(text, FOUR)).toMatchObject({
      names: ['Ada', null, 'Ada', '<img src=x>'],
      unread: 3,
      firstUnread: 2,
      absent: 1,
    });
    const quotes = `000001.jpg,${'"'.repeat(200_000)}\n000002.jpg,${',"'.repeat(100_000)}`;
    expect(() => read(quotes, FOUR)).not.toThrow();
    expect(read(crypto.getRandomValues(new Uint8Array(65_536)), FOUR)).toBeNull();
  });

  it('takes no other property of photos for a person', () => {
    const partition = '000001.jpg 0\n000002.jpg 0\n000003.jpg 1\n000004.jpg 2\n';
    expect(read(partition, FOUR, 'list_eval_partition.txt')).toBeNull();
    expect(read(partition, FOUR, 'a.txt')).toBeNull();
    const boxes = `4\nimage_id x_1 y_1 width height\n${FOUR.map((path) => `${path.slice(4)}    95  71 226 313`).join('\n')}`;
    expect(read(boxes, FOUR, 'list_bbox_celeba.txt')).toBeNull();
    expect(read('file,age\n000001.jpg,30\n000002.jpg,30\n000003.jpg,31\n000004.jpg,31', FOUR)).toBeNull();
    expect(read('file,width,height\n000001.jpg,30,31\n000002.jpg,30,31', FOUR)).toBeNull();
    expect(read('These are photos of friends.\n\nTaken in 2019.', FOUR)).toBeNull();
  });

  it('is recommended where folders name nobody, or where it says that it holds people', () => {
    const photos = FOUR.map((path) => ({ path, roots: 1 }));
    const list = read('000001.jpg,Ada\n000002.jpg,Ada\n000003.jpg,Bo\nx.jpg,Cy\nbad', FOUR);
    const choices = labelChoices(photos, list ? [{ path: 'list.txt', read: list }] : [], null);
    expect(choices.map(({ choice }) => choice.source.kind)).toEqual(['list', 'folder']);
    expect(choices[0]?.choice).toMatchObject({
      identities: 2,
      skipped: 1,
      unlabelled: 0,
      names: ['Ada', 'Bo'],
    });
    expect(choices[0]?.notes[0]).toMatch(
      /1 photo that it does not name was skipped; 1 file that it names is not here; 1 line could not be used, from line 5 on/,
    );

    const folders = ['x/Ada/1.jpg', 'x/Ada/2.jpg', 'x/Bo/3.jpg', 'x/Bo/4.jpg'];
    const among = (text: string): string[] => {
      const found = read(text, folders);
      return labelChoices(
        folders.map((path) => ({ path, roots: 1 })),
        found ? [{ path: 'l.csv', read: found }] : [],
        null,
      ).map(({ choice }) => choice.source.kind);
    };
    expect(among('1.jpg,hat\n2.jpg,no hat\n3.jpg,hat\n4.jpg,hat')).toEqual(['folder']);
    expect(among('file,person\n1.jpg,A\n2.jpg,A\n3.jpg,B\n4.jpg,B')).toEqual(['folder']); // the same
    expect(among('file,person\n1.jpg,A\n2.jpg,B\n3.jpg,B\n4.jpg,A')).toEqual(['list', 'folder']);
  });
});
