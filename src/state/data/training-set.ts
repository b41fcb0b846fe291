import { copyPairs } from '../../dataset/near-copies.ts';
import type { TrainingSet } from '../../domain/faces.ts';
import { ProblemError } from '../../lib/problem.ts';
import { imageOf } from './images.ts';
import type { DataSnapshot } from './people.ts';

/** The trainer's input: class k is the k-th person. @throws ProblemError with fewer than 2 people. */
export function trainingSet({ people }: DataSnapshot): TrainingSet {
  const used = people.filter(({ faces }) => faces.length > 0);
  if (used.length < 2) {
    throw new ProblemError(
      used.length === 0 ? 'There are no faces to train on yet.' : 'There is only one person to train on.',
      'Add photos of at least 2 people, each in a folder of their own.',
    );
  }
  const faces = used.flatMap((row, person) =>
    row.faces.flatMap(({ id, copyOf }) => {
      const image = imageOf(id);
      return image ? [{ id, person, image, copyOf }] : [];
    }),
  );
  return {
    people: used.map(({ id, name }) => ({ id, name })),
    faces: faces.map(({ id, person, image }) => ({ id, person, image })),
    nearCopies: copyPairs(faces),
  };
}
