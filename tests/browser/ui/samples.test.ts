import { describe, expect, it } from 'vitest';
import { drawSamplePeople } from '../../../src/client/samples.ts';
import { FACE_SIZE } from '../../../src/domain/faces.ts';
import { CancelledError } from '../../../src/lib/problem.ts';

/** Grey values of a picture at 16 x 16. */
async function small(file: File): Promise<number[]> {
  const bitmap = await createImageBitmap(file, { resizeWidth: 16, resizeHeight: 16 });
  const context = new OffscreenCanvas(16, 16).getContext('2d');
  if (!context) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, 16, 16);
  return Array.from({ length: 256 }, (_, i) => data[4 * i + 1] ?? 0);
}

describe('the sample people', () => {
  it('are 24 people with 20 different aligned pictures each, the same every time', async () => {
    const counts: number[] = [];
    const sources = await drawSamplePeople((done) => counts.push(done), new AbortController().signal);
    expect(sources.length).toBe(480);
    expect(counts.at(-1)).toBe(480);
    expect(new Set(sources.map(({ path }) => path.split('/')[1])).size).toBe(24);
    const bitmap = await createImageBitmap(sources[0]?.file ?? new Blob());
    expect([bitmap.width, bitmap.height]).toEqual([FACE_SIZE, FACE_SIZE]);
    const pictures = await Promise.all(sources.map(({ file }) => small(file)));
    expect(new Set(pictures.map((picture) => picture.join())).size).toBe(480);

    const again = await drawSamplePeople(() => {}, new AbortController().signal);
    expect(await small(again[479]?.file ?? new File([], ''))).toEqual(pictures[479]);
    expect(document.querySelector('svg')).toBeNull();
  });

  it('can be cancelled', async () => {
    const abort = new AbortController();
    const drawing = drawSamplePeople(() => abort.abort(), abort.signal);
    await expect(drawing).rejects.toBeInstanceOf(CancelledError);
  });
});
