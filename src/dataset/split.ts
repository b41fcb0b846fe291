import { PEOPLE_TO_HOLD_OUT } from '../config/judging.ts';
import type { TrainingConfig } from '../config/training-config.ts';
import { ProblemError } from '../lib/problem.ts';
import type { Random } from '../lib/random.ts';

const FEWEST_HELD_OUT_PEOPLE = 3;
/** From this many photos of a person on, some are held out for validation. */
const PHOTOS_FOR_HELD_OUT = 3;

/** Who and what is trained on. Numbers are indices into the people and faces that were given. */
export interface Split {
  /** People trained on: class k is `classes[k]`. */
  readonly classes: readonly number[];
  /** Held-out people: no photo of theirs is trained on. */
  readonly heldOutPeople: readonly number[];
  /** Faces, with their class in `trainLabels`. */
  readonly train: readonly number[];
  readonly trainLabels: readonly number[];
  /** Validation faces of the people trained on; their class in `heldOutLabels`. */
  readonly heldOut: readonly number[];
  readonly heldOutLabels: readonly number[];
  /** Faces of the held-out people; the person of each in `verificationPeople`. */
  readonly verification: readonly number[];
  readonly verificationPeople: readonly number[];
  /** What cannot be measured, and why, in sentences. */
  readonly notMeasured: readonly string[];
}

/**
 * Splits the faces. With at least 8 people a fifth of them, at least 3, are held out for verification; of the other
 * people's photos a fifth or a tenth, at least 1 where there are 3, for validation (the shares are settings). The same
 * people, faces, settings and stream of random numbers give the same split.
 *
 * Copies of one photo stay together: all are trained on or all held out, and of those of a held-out person one is used.
 *
 * @param facePeople for each face the index of its person
 * @param groups for each face a number that it shares with the copies of its photo (`groupCopies`)
 * @throws ProblemError with fewer than 2 people who have photos
 */
export function splitFaces(
  facePeople: readonly number[],
  people: number,
  shares: TrainingConfig['heldOut'],
  random: Random,
  groups: readonly number[] = facePeople.map((_, face) => face),
): Split {
  const photos: number[][] = Array.from({ length: people }, () => []);
  facePeople.forEach((person, face) => {
    photos[person]?.push(face);
  });
  const withPhotos = photos.flatMap((faces, person) => (faces.length > 0 ? [person] : []));
  if (withPhotos.length < 2) {
    throw new ProblemError(
      `There ${withPhotos.length === 1 ? 'is only one person' : 'are no people'} with usable photos.`,
      'Add photos of at least two people: training learns to distinguish them.',
    );
  }
  const notMeasured: string[] = [];
  const heldOutPeople = choosePeople(photos, withPhotos, shares.peopleFraction, random, notMeasured);
  const kept = new Set(heldOutPeople);
  const classes = withPhotos.filter((person) => !kept.has(person));

  const groupOf = (face: number): number => groups[face] ?? face;
  const ofSeveral = groupsOfSeveral(groups, facePeople);
  const train: { face: number; label: number }[] = [];
  const heldOut: { face: number; label: number }[] = [];
  classes.forEach((person, label) => {
    const faces = random.shuffled(photos[person] ?? []);
    const wanted = heldOutPhotos(faces.length, shares.photosFraction);
    const out = chooseHeldOut(faces, wanted, groupOf, ofSeveral);
    for (const face of faces) (out.has(face) ? heldOut : train).push({ face, label });
  });
  if (heldOut.length === 0) notMeasured.push(whyNoAccuracy(shares.photosFraction));
  const ofClasses = new Set([...train, ...heldOut].map(({ face }) => groupOf(face)));
  const verification = heldOutPeople.flatMap((person) => {
    const seen = new Set<number>();
    const faces = (photos[person] ?? []).filter((face) => {
      const group = groupOf(face);
      if (ofClasses.has(group) || seen.has(group)) return false;
      seen.add(group);
      return true;
    });
    return faces.map((face) => ({ face, person }));
  });
  return {
    classes,
    heldOutPeople,
    train: train.map(({ face }) => face),
    trainLabels: train.map(({ label }) => label),
    heldOut: heldOut.map(({ face }) => face),
    heldOutLabels: heldOut.map(({ label }) => label),
    verification: verification.map(({ face }) => face),
    verificationPeople: verification.map(({ person }) => person),
    notMeasured,
  };
}

/**
 * The first of the faces, as many as wanted, whole groups of copies at a time. Passed over are groups that are too large
 * (unless it is the first, and no more than a third of the faces) and those that other people have a part in.
 */
function chooseHeldOut(
  faces: readonly number[],
  wanted: number,
  groupOf: (face: number) => number,
  passedOver: ReadonlySet<number>,
): Set<number> {
  const out = new Set<number>();
  for (const face of faces) {
    if (out.size >= wanted) break;
    if (out.has(face) || passedOver.has(groupOf(face))) continue;
    const group = faces.filter((other) => groupOf(other) === groupOf(face));
    const most = out.size === 0 ? Math.max(wanted, Math.floor(faces.length / 3)) : wanted;
    if (out.size + group.length > most) continue;
    for (const member of group) out.add(member);
  }
  return out;
}

/** Groups of copies that lie in the folders of two people or more. */
function groupsOfSeveral(groups: readonly number[], facePeople: readonly number[]): Set<number> {
  const firstPerson = new Map<number, number | undefined>();
  const several = new Set<number>();
  groups.forEach((group, face) => {
    if (!firstPerson.has(group)) firstPerson.set(group, facePeople[face]);
    else if (firstPerson.get(group) !== facePeople[face]) several.add(group);
  });
  return several;
}

/** How many of a person's photos are held out. */
function heldOutPhotos(count: number, fraction: number): number {
  return count < PHOTOS_FOR_HELD_OUT || fraction === 0 ? 0 : Math.max(1, Math.round(count * fraction));
}

function choosePeople(
  photos: readonly (readonly number[])[],
  withPhotos: readonly number[],
  fraction: number,
  random: Random,
  notMeasured: string[],
): number[] {
  const cannot = 'Verification on held-out people cannot be measured';
  if (fraction === 0) {
    notMeasured.push(`${cannot}, because the settings hold out no people.`);
    return [];
  }
  if (withPhotos.length < PEOPLE_TO_HOLD_OUT) {
    notMeasured.push(
      `${cannot}: that needs at least ${PEOPLE_TO_HOLD_OUT} people, some of whom are held out, and there are ${withPhotos.length}.`,
    );
    return [];
  }
  // A person with one photo has no genuine pair.
  const candidates = withPhotos.filter((person) => (photos[person]?.length ?? 0) >= 2);
  const wanted = Math.max(FEWEST_HELD_OUT_PEOPLE, Math.round(withPhotos.length * fraction));
  if (candidates.length < FEWEST_HELD_OUT_PEOPLE) {
    notMeasured.push(
      `${cannot}: that needs at least ${FEWEST_HELD_OUT_PEOPLE} people with two or more photos each, and there are ${candidates.length}.`,
    );
    return [];
  }
  return random
    .shuffled(candidates)
    .slice(0, wanted)
    .sort((a, b) => a - b);
}

function whyNoAccuracy(fraction: number): string {
  return fraction === 0
    ? 'Validation accuracy cannot be measured, because the settings hold out no photos.'
    : `Validation accuracy cannot be measured: that needs a person with at least ${PHOTOS_FOR_HELD_OUT} photos.`;
}
