import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Connection, connect } from '../../../src/client/connect.ts';
import { galleryPersonId } from '../../../src/lib/brand.ts';
import { CancelledError } from '../../../src/lib/problem.ts';
import type { RecognisedFace, RecogniserCalls, RecogniserEvent } from '../../../src/protocol/recognise.ts';
import { listShared, readShared } from '../shared.ts';

/** The real worker through the real protocol, on photographs beside the repository. */

const PHOTOS = 'data/lfw/test';
const paths = await listShared(PHOTOS);
if (paths.length === 0) console.warn(`Skipped: no photographs in shared/${PHOTOS}.`);

const [ada, bob, cyd, stranger] = [...new Set(paths.map((path) => path.split('/').at(-2) ?? ''))]
  .map((name) => ({ name, photos: paths.filter((path) => path.split('/').at(-2) === name) }))
  .filter(({ photos }) => photos.length >= 6);

const events: RecogniserEvent[] = [];
let worker: Connection<RecogniserCalls>;
beforeAll(() => {
  worker = connect<RecogniserCalls, RecogniserEvent>(
    () =>
      new Worker(new URL('../../../src/workers/recogniser.worker.ts', import.meta.url), { type: 'module' }),
    (event) => events.push(event),
    (problem) => console.error(problem),
  );
});
afterAll(() => worker.close());

async function drawn(
  width: number,
  height: number,
  photos: readonly { readonly path: string; readonly x: number; readonly y: number; readonly size: number }[],
): Promise<OffscreenCanvas> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  context.fillStyle = '#777';
  context.fillRect(0, 0, width, height);
  for (const { path, x, y, size } of photos) {
    const bitmap = await createImageBitmap(await readShared(path));
    context.drawImage(bitmap, x, y, size, size);
    bitmap.close();
  }
  return canvas;
}

const nameOf = (face: RecognisedFace | undefined): string | null =>
  face?.known ? (face.best?.name ?? null) : null;
const photo = (of: { readonly photos: readonly string[] }, index: number): Promise<File> =>
  readShared(of.photos[index] ?? '');

describe.skipIf(!ada || !bob || !cyd || !stranger)('the recogniser', () => {
  if (!ada || !bob || !cyd || !stranger) return;

  it('wants a model first, and opens the pretrained one with an empty gallery', async () => {
    await expect(worker.call('recognise', { photo: await photo(ada, 0) })).rejects.toThrow(
      /No model is open/,
    );
    const { model, people: known } = await worker.call('open', { model: null });
    expect(model).toMatchObject({ embeddingSize: 192, trained: false, threshold: { rates: null } });
    expect(known).toEqual([]);
    expect(events.at(-1)).toEqual({ kind: 'loading', done: 2, total: 2 });
    const { faces } = await worker.call('recognise', { photo: await photo(ada, 0) });
    expect(faces).toMatchObject([{ best: null, second: null, known: false }]);
  });

  it('refuses what is no model, and keeps the one that is open', async () => {
    const nothing = new Blob(['nothing']);
    await expect(worker.call('open', { model: nothing })).rejects.toThrow(/no zip/);
    await expect(worker.call('recognise', { photo: nothing })).rejects.toThrow(/Not an image/);
    await expect(worker.call('recognise', { photo: await photo(ada, 0) })).resolves.toBeDefined();
  });

  it('enrols people from photos without training', async () => {
    for (const person of [bob, ada, cyd]) {
      const photos = [
        await photo(person, 0),
        new Blob(['text']),
        await photo(person, 1),
        await photo(person, 2),
      ];
      const result = await worker.call('enrol', { name: person.name, photos, aligned: false });
      expect(result).toMatchObject({ enrolled: 3, withoutFace: [1] });
    }
    const abort = new AbortController();
    const cancelled = worker.call(
      'enrol',
      { name: 'Nobody', photos: [await photo(stranger, 0)], aligned: false },
      abort.signal,
    );
    abort.abort();
    await expect(cancelled).rejects.toThrow(CancelledError);
    const { people: known } = await worker.call('enrol', { name: ada.name, photos: [], aligned: false });
    expect(known.map(({ name, faces }) => [name, faces])).toEqual(
      [ada, bob, cyd].map(({ name }) => [name, 3]).sort(),
    );
  });

  it('names them in other photos, and nobody else', async () => {
    for (const person of [ada, bob, cyd]) {
      const { faces, width, height } = await worker.call('recognise', { photo: await photo(person, 4) });
      expect([width, height]).toEqual([250, 250]);
      expect(faces.map(nameOf)).toContain(person.name);
    }
    const { faces } = await worker.call('recognise', { photo: await photo(stranger, 1) });
    expect(faces.map(nameOf)).toEqual(faces.map(() => null));
    expect(faces[0]?.second?.cosine).toBeLessThan(faces[0]?.best?.cosine ?? -1);
  });

  it('finds all faces of a photo, from left to right, small ones too', async () => {
    const canvas = await drawn(1400, 700, [
      { path: bob.photos[3] ?? '', x: 700, y: 40, size: 600 },
      { path: ada.photos[3] ?? '', x: 80, y: 200, size: 150 },
      { path: stranger.photos[3] ?? '', x: 350, y: 260, size: 300 },
    ]);
    const group = await canvas.convertToBlob({ type: 'image/png' });
    const { faces } = await worker.call('recognise', { photo: group });
    expect(faces.map(nameOf)).toEqual([ada.name, null, bob.name]);
    const [small] = faces;
    if (!small) throw new Error('no face');
    expect(Math.abs(small.box.x + small.box.width / 2 - 155)).toBeLessThan(15);

    const face = await worker.call('face', { photo: group, box: small.box });
    if (!face) throw new Error('no face in the box');
    const bitmap = await createImageBitmap(face);
    expect([face.type, bitmap.width, bitmap.height]).toEqual(['image/png', 112, 112]);
    const corner = { x: 0, y: 0, width: 40, height: 40 };
    expect(await worker.call('face', { photo: group, box: corner })).toBeNull();
  });

  it('compares the faces of two photos', async () => {
    const [first, second, other] = [await photo(ada, 0), await photo(ada, 3), await photo(bob, 0)];
    const same = await worker.call('compare', { first, second });
    const different = await worker.call('compare', { first, second: other });
    expect(same.cosine).toBeGreaterThan(0.4);
    expect(different.cosine).toBeLessThan(0.3);
    expect((await worker.call('compare', { first, second: first })).cosine).toBeCloseTo(1, 5);
    const blank = await (await drawn(200, 200, [])).convertToBlob();
    await expect(worker.call('compare', { first, second: blank })).rejects.toThrow(/second photo/);
  });

  it('follows faces through the frames of a camera', async () => {
    const frames = 40;
    const names: (string | null)[][] = [];
    const lefts: number[] = [];
    const pictures: ImageBitmap[] = [];
    for (let i = 0; i < frames; i++) {
      const shift = 2 * (i % 2);
      const canvas = await drawn(640, 480, [{ path: ada.photos[3] ?? '', x: 160 + shift, y: 80, size: 350 }]);
      pictures.push(canvas.transferToImageBitmap());
    }
    const begin = performance.now();
    for (const [i, frame] of pictures.entries()) {
      const { faces } = await worker.call('frame', { frame, first: i === 0 });
      names.push(faces.map(nameOf));
      lefts.push(faces[0]?.box.x ?? Number.NaN);
    }
    console.warn(`${((frames * 1000) / (performance.now() - begin)).toFixed(1)} frames/s with one face`);
    expect(names).toEqual(names.map(() => [ada.name]));
    const steps = lefts.slice(1).map((left, i) => Math.abs(left - (lefts[i] ?? 0)));
    expect(Math.max(...steps)).toBeLessThan(2);

    const empty = (await drawn(640, 480, [])).transferToImageBitmap();
    expect((await worker.call('frame', { frame: empty, first: true }, undefined, [empty])).faces).toEqual([]);
    expect(empty.width).toBe(0); // handed over, not copied
  });

  it('saves the gallery and loads it, and changes nothing where the file is damaged', async () => {
    const saved = await worker.call('saveGallery', null);
    const [first] = (await worker.call('enrol', { name: ada.name, photos: [], aligned: false })).people;
    if (!first) throw new Error('nobody');
    const { people: left } = await worker.call('remove', { person: first.id });
    expect(left).toHaveLength(2);
    await expect(worker.call('loadGallery', { file: saved.slice(0, 500) })).rejects.toThrow(/no valid JSON/);
    expect((await worker.call('enrol', { name: bob.name, photos: [], aligned: false })).people).toEqual(left);
    const { people: again } = await worker.call('loadGallery', { file: saved });
    expect(again).toHaveLength(3);
    const { faces } = await worker.call('recognise', { photo: await photo(ada, 4) });
    expect(faces.map(nameOf)).toContain(ada.name);
  });

  it('undoes additions and removals, the last one first', async () => {
    const known = async () =>
      (await worker.call('enrol', { name: ada.name, photos: [], aligned: false })).people;
    await worker.call('loadGallery', { file: await worker.call('saveGallery', null) });
    const before = await known();
    await expect(worker.call('undo', null)).rejects.toThrow(/no change to be undone/);
    // A stranger's face under Ada's name: afterwards the stranger is unknown again.
    const wrong = await photo(stranger, 1);
    const added = await worker.call('enrol', { name: ada.name, photos: [wrong], aligned: false });
    expect(added.people.find(({ name }) => name === ada.name)?.faces).toBe(4);
    await worker.call('remove', { person: before[0]?.id ?? galleryPersonId('') });
    expect((await worker.call('undo', null)).people).toEqual(added.people);
    expect((await worker.call('undo', null)).people).toEqual(before);
    const { faces } = await worker.call('recognise', { photo: wrong });
    expect(faces.map(nameOf)).toEqual(faces.map(() => null));
  });

  it('goes by the threshold that is set', async () => {
    await worker.call('setThreshold', { cosine: 1 });
    const { faces } = await worker.call('recognise', { photo: await photo(ada, 4) });
    expect(faces.map(nameOf)).not.toContain(ada.name);
    await expect(worker.call('setThreshold', { cosine: Number.NaN })).rejects.toThrow(/no cosine/);
  });
});
