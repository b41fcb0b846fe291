import { copyPairs, groupCopies } from '../../dataset/near-copies.ts';
import type { DataSnapshot, FaceRow, PersonRow } from './people.ts';

/** Files of one person that show one photo, or a photo that several people have. */
export type CopiesKind = 'near-copy' | 'shared-photo';

export interface Copies {
  readonly kind: CopiesKind;
  readonly photos: readonly { readonly face: FaceRow; readonly person: PersonRow }[];
}

/** Asked again with every change of anything, while the people are the same. */
const known = new WeakMap<readonly PersonRow[], readonly Copies[]>();

/** Photos that are there more than once: those in the folders of several people first, since they are mistakes. */
export function findCopies({ people }: DataSnapshot): readonly Copies[] {
  const before = known.get(people);
  if (before) return before;
  const photos = people.flatMap((person) => person.faces.map((face) => ({ face, person })));
  const groups = new Map<number, (typeof photos)[number][]>();
  const pairs = copyPairs(photos.map(({ face }) => face));
  if (pairs.length > 0) {
    groupCopies(photos.length, pairs).forEach((group, i) => {
      const photo = photos[i];
      if (photo) groups.set(group, [...(groups.get(group) ?? []), photo]);
    });
  }
  const found = [...groups.values()]
    .filter((members) => members.length > 1)
    .map((members): Copies => {
      const several = members.some(({ person }) => person !== members[0]?.person);
      return { kind: several ? 'shared-photo' : 'near-copy', photos: members };
    })
    .sort((a, b) => Number(b.kind === 'shared-photo') - Number(a.kind === 'shared-photo'));
  known.set(people, found);
  return found;
}
