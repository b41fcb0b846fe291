import { describe, expect, it } from 'vitest';
import { suspectFaces } from '../../../src/evaluate/suspect-faces.ts';
import { CancelledError } from '../../../src/lib/problem.ts';
import { createRandom } from '../../../src/lib/random.ts';

const DIMENSION = 128;
const random = createRandom(3);
const direction = (): number[] => Array.from({ length: DIMENSION }, () => random.normal());
const PEOPLE = Array.from({ length: 7 }, direction);

/** An embedding of somebody whose photos vary as much as people differ. */
function faceOf(centre: readonly number[]): number[] {
  const face = centre.map((value) => value + 0.8 * random.normal());
  const length = Math.hypot(...face);
  return face.map((value) => value / length);
}

/** Folders: for each, who is on its photos. */
function suspectsOf(
  folders: readonly (readonly (readonly number[] | undefined)[])[],
  signal = new AbortController().signal,
) {
  const faces = folders.flatMap((folder) => folder.map((who) => faceOf(who ?? direction())));
  const owners = folders.flatMap((folder, person) => folder.map(() => person));
  const rows = { values: Float32Array.from(faces.flat()), dimension: DIMENSION };
  return suspectFaces(rows, owners, folders.length, signal);
}
const photosOf = (person: number, count: number) => Array.from({ length: count }, () => PEOPLE[person]);
const clean = PEOPLE.slice(0, 6).map((_, person) => photosOf(person, 5)); // faces 5 * person ...

describe('suspectFaces', () => {
  it('suspects nobody where every photo is in the right folder', async () => {
    expect(await suspectsOf(clean)).toEqual([]);
  });
  it('finds a photo of another person, and says of whom', async () => {
    expect(await suspectsOf([[...photosOf(0, 5), PEOPLE[2]], ...clean.slice(1)])).toEqual([
      { face: 5, looksLike: 2 },
    ]);
  });
  it('finds a photo of somebody who is nobody in the data', async () => {
    expect(await suspectsOf([[...photosOf(0, 5), undefined], ...clean.slice(1)])).toEqual([
      { face: 5, looksLike: null },
    ]);
  });
  it('says nothing of a person with three photos, nor where there is nobody to compare with', async () => {
    expect(await suspectsOf([[...photosOf(0, 2), PEOPLE[2]], ...clean.slice(1)])).toEqual([]);
    expect(await suspectsOf([[...photosOf(0, 5), undefined]])).toEqual([]);
    expect(await suspectsOf([[...photosOf(0, 5), PEOPLE[2]], [PEOPLE[2]]])).toEqual([]);
  });
  it('ends when it is cancelled', async () => {
    const abort = new AbortController();
    const work = suspectsOf(clean, abort.signal);
    abort.abort();
    await expect(work).rejects.toThrow(CancelledError);
  });
});
