import { describe, expect, it } from 'vitest';
import { Gallery } from '../../../src/recognise/gallery.ts';
import { type GalleryModel, readGallery, writeGallery } from '../../../src/recognise/gallery-file.ts';

const vector = (...values: number[]): Float32Array => Float32Array.from(values);
const model: GalleryModel = { name: 'class', embeddingSize: 3, fingerprint: vector(0.6, 0, 0.8) };

function filled(): Gallery {
  const gallery = new Gallery(3);
  gallery.add('Zoë', { centre: vector(0, 0, 1), faces: [] });
  gallery.add('Ada', { centre: null, faces: [vector(1, 0, 0), vector(0.6, 0.8, 0)] });
  return gallery;
}

type Json = Record<string, unknown>;
/** The file of {@link filled}, changed. */
async function file(
  change: (content: Json & { people: Json[]; model: Json }) => void = () => {},
): Promise<Blob> {
  const content = JSON.parse(await writeGallery(filled(), model).text());
  change(content);
  return new Blob([JSON.stringify(content)]);
}
const base64 = (...values: number[]): string =>
  Buffer.from(Float32Array.from(values).buffer).toString('base64');

describe('the file of a gallery', () => {
  it('gives the same gallery again', async () => {
    const read = await readGallery(writeGallery(filled(), model), model);
    const plain = (gallery: Gallery) =>
      gallery.enrolled().map(({ name, centre, faces }) => ({ name, centre, faces }));
    expect(plain(read)).toEqual(plain(filled()));
  });

  it('is of one model: of its embedding size, and of its network', async () => {
    await expect(readGallery(await file(), { ...model, embeddingSize: 4 })).rejects.toThrow(
      /embeddings of 3 numbers; those of class have 4/,
    );
    const other = { ...model, fingerprint: vector(0.8, 0, 0.6) };
    await expect(readGallery(await file(), other)).rejects.toThrow(/belongs to another model \(“class”\)/);
    const rounded = { ...model, fingerprint: vector(0.600001, 0, 0.799999) };
    await expect(readGallery(await file(), rounded)).resolves.toBeInstanceOf(Gallery);
  });

  it('says what is wrong with a file that is none, damaged or newer', async () => {
    const cases: [Blob, RegExp][] = [
      [new Blob(['PK\u0003\u0004']), /no valid JSON/],
      [new Blob([Uint8Array.of(0xff, 0xfe)]), /no valid JSON/],
      [new Blob(['[]']), /no gallery of this program/],
      [new Blob(['{"schemaVersion": 1}']), /no gallery of this program/],
      [await file((content) => Object.assign(content, { schemaVersion: 2 })), /newer version.*Reload/],
      [await file((content) => Object.assign(content, { embeddingSize: 1e9 })), /damaged: embeddingSize/],
      [await file((content) => Object.assign(content, { people: { length: 1e9 } })), /damaged: people/],
      [
        await file(({ model: of }) => Object.assign(of, { fingerprint: base64(1, 0) })),
        /fingerprint: is not/,
      ],
      [
        await file(({ people }) => Object.assign(people[0] ?? {}, { faces: '%' })),
        /people.0.faces: is not base64/,
      ],
      [
        await file(({ people }) => Object.assign(people[0] ?? {}, { faces: base64(1, 0) })),
        /people.0.faces: is not rows of 3 numbers/,
      ],
      [
        await file(({ people }) => Object.assign(people[0] ?? {}, { faces: base64(Number.NaN, 0, 0) })),
        /length NaN instead of 1/,
      ],
      [
        await file(({ people }) => Object.assign(people[0] ?? {}, { faces: base64(1e30, 0, 0) })),
        /length .* instead of 1/,
      ],
      [
        await file(({ people }) => Object.assign(people[0] ?? {}, { faces: '', centre: null })),
        /people.0: has no embedding/,
      ],
      [
        await file(({ people }) => Object.assign(people[0] ?? {}, { name: 'x'.repeat(5000) })),
        /people.0.name/,
      ],
      [await file(({ people }) => Object.assign(people[0] ?? {}, { name: '\u202E' })), /name is empty/],
    ];
    for (const [blob, sentence] of cases) await expect(readGallery(blob, model)).rejects.toThrow(sentence);
  });

  it('takes over nothing but names and numbers', async () => {
    const text = await (await file()).text();
    const hostile = text
      .replace('"people":[', '"__proto__":{"polluted":true},"people":[')
      .replace('"name":"Ada"', '"__proto__":{"polluted":true},"name":"  __proto__\\u202E  "');
    const gallery = await readGallery(new Blob([hostile]), model);
    expect(gallery.people().map(({ name }) => name)).toEqual(['Zoë', '__proto__']);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(gallery.decide(vector(1, 0, 0), 0.5).best).toEqual({
      person: expect.any(String),
      name: '__proto__',
      cosine: expect.closeTo(0.894, 3),
    });
  });

  it('makes one person of a name that comes twice', async () => {
    const gallery = await readGallery(await file(({ people }) => people.push(...people)), model);
    expect(gallery.people().map(({ name, faces }) => [name, faces])).toEqual([
      ['Ada', 4],
      ['Zoë', 0],
    ]);
  });
});
