import { afterAll, expect, it } from 'vitest';
import type { SourceFile } from '../../../src/domain/faces.ts';
import { listShared } from '../shared.ts';
import { sourcesOf, startIngest } from './run.ts';

const lfw = (await listShared('data/lfw/train')).filter((_, i) => i % 31 === 0);

const worker = startIngest();
afterAll(() => worker.close());

/** As it comes back from a messenger: smaller or mirrored, and encoded anew. */
async function copyOf({ path, file }: SourceFile, index: number): Promise<SourceFile> {
  const bitmap = await createImageBitmap(file);
  const scale = index % 3 === 0 ? 0.5 : 1;
  const canvas = new OffscreenCanvas(bitmap.width * scale, bitmap.height * scale);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no canvas');
  if (index % 3 === 1) context.setTransform(-1, 0, 0, 1, canvas.width, 0);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.5 + 0.1 * (index % 5) });
  return { path: `copies/${path}`, file: new File([blob], 'copy.jpg') };
}

it.skipIf(lfw.length === 0)(
  'copies that were encoded anew, halved or mirrored are found, and different photos are not (skipped without shared/)',
  async () => {
    const originals = await sourcesOf('data/lfw/train', lfw);
    const { faces } = await worker.run(originals);
    expect(faces.length).toBe(lfw.length);
    expect(faces.filter(({ copyOf: found }) => found !== undefined)).toEqual([]);
    const copies = await worker.run(await Promise.all(originals.map(copyOf)));
    const pathOf = new Map(faces.map(({ id, path }) => [id, path]));
    const found = copies.faces.map(({ path, copyOf: ids = [] }) => [path, ids.map((id) => pathOf.get(id))]);
    expect(found).toEqual(copies.faces.map(({ path }) => [path, [path.replace('copies/', '')]]));
    expect(found.length).toBe(lfw.length);
  },
);
