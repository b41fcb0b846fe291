import { drawSamplePeople } from '../../../src/client/samples.ts';
import type { TrainingSet } from '../../../src/domain/faces.ts';
import { present } from '../../../src/lib/assert.ts';
import { personId, sampleId } from '../../../src/lib/brand.ts';

/** The first people that the page draws, all twenty pictures of each. */
export async function samplePeople(count: number): Promise<TrainingSet> {
  const sources = await drawSamplePeople(() => {}, new AbortController().signal);
  const nameOf = (path: string): string => present(path.split('/')[1], 'the name of the person');
  const names = [...new Set(sources.map(({ path }) => nameOf(path)))].slice(0, count);
  return {
    people: names.map((name) => ({ id: personId(name), name })),
    faces: sources
      .filter(({ path }) => names.includes(nameOf(path)))
      .map(({ path, file }) => ({ id: sampleId(path), person: names.indexOf(nameOf(path)), image: file })),
  };
}
