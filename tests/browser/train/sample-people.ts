import { loadSamplePeople } from '../../../src/client/sample-people.ts';
import type { TrainingSet } from '../../../src/domain/faces.ts';
import { personId } from '../../../src/lib/brand.ts';

/** The first of the page's sample people, all pictures of each. */
export async function samplePeople(count: number): Promise<TrainingSet> {
  const faces = await loadSamplePeople();
  const names = [...new Set(faces.map(({ label }) => label ?? ''))].slice(0, count);
  return {
    people: names.map((name) => ({ id: personId(name), name })),
    faces: faces.flatMap(({ id, label, image }) => {
      const person = names.indexOf(label ?? '');
      return person < 0 ? [] : [{ id, person, image }];
    }),
  };
}
