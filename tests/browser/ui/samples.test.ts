import { describe, expect, it } from 'vitest';
import { loadSamplePeople, readSamplePeople } from '../../../src/client/sample-people.ts';
import { FACE_SIZE } from '../../../src/domain/faces.ts';
import { ProblemError } from '../../../src/lib/problem.ts';

/** Green values of a picture at 16 x 16. */
async function small(image: Blob): Promise<string> {
  const bitmap = await createImageBitmap(image);
  expect([bitmap.width, bitmap.height]).toEqual([FACE_SIZE, FACE_SIZE]);
  const context = new OffscreenCanvas(16, 16).getContext('2d');
  if (!context) throw new Error('no canvas');
  context.drawImage(bitmap, 0, 0, 16, 16);
  const { data } = context.getImageData(0, 0, 16, 16);
  return Array.from({ length: 256 }, (_, i) => data[4 * i + 1]).join();
}

describe('the sample people', () => {
  it('are 24 people with 10 different aligned pictures each', async () => {
    const faces = await loadSamplePeople();
    expect(faces.length).toBe(240);
    const counts = new Map<string | null, number>();
    for (const { label } of faces) counts.set(label, (counts.get(label) ?? 0) + 1);
    expect([...counts.values()]).toEqual(Array.from({ length: 24 }, () => 10));
    const pictures = await Promise.all(faces.map(({ image }) => small(image)));
    expect(new Set(pictures).size).toBe(240);
    expect(new Set(faces.map(({ id }) => id)).size).toBe(240);
  });

  it('are refused from a file that is cut off, longer than it says, or says nonsense', async () => {
    const header = (text: string, pictures: number): Blob =>
      new Blob([Uint32Array.of(text.length), text, new Uint8Array(pictures)]);
    const people = (name: string, ...sizes: number[]): string =>
      JSON.stringify({ size: 112, people: [{ name, pictures: sizes }] });
    const good = header(people('Ada', 3, 4), 7);
    expect((await readSamplePeople(good)).map(({ path, image }) => [path, image.size])).toEqual([
      ['Sample people/Ada/01.webp', 3],
      ['Sample people/Ada/02.webp', 4],
    ]);
    const bad = [
      new Blob([]),
      good.slice(0, 3),
      good.slice(0, good.size - 1),
      new Blob([good, 'x']),
      header(people('Ada', -3, 4), 1),
      header(people('', 3), 3),
      header('{', 0),
      header('null', 0),
      new Blob([Uint32Array.of(0xffffffff), people('Ada', 1)]),
    ];
    for (const file of bad) await expect(readSamplePeople(file)).rejects.toBeInstanceOf(ProblemError);
  });
});
