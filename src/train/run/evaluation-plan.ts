import type { Split } from '../../dataset/split.ts';
import type { Random } from '../../lib/random.ts';

export interface FaceGroup {
  readonly faces: readonly number[];
  /** Class of each face; of held-out people their person. */
  readonly labels: readonly number[];
}

/** The faces that are evaluated after every epoch: the same ones each time. */
export interface EvaluationFaces {
  readonly train: FaceGroup;
  readonly heldOut: FaceGroup;
  readonly verification: FaceGroup;
}

/** What is evaluated after every epoch; the reported figures are of all held-out faces in any case. */
export interface EvaluationPlan extends EvaluationFaces {
  /** Whether embeddings are flip-averaged, as they are used. */
  readonly mirror: boolean;
  /** Whether no held-out face is left out and embeddings are as they are used: then nothing remains for the end. */
  readonly complete: boolean;
}

export interface PlanInput {
  readonly split: Split;
  readonly epochs: number;
  /** Of training on an image, in forward passes; null where embeddings cost next to nothing. */
  readonly trainingCost: number | null;
  /** Faces of a separate verification set; 0 without one. */
  readonly separateFaces: number;
  readonly random: Random;
}

/** Evaluation of a run may cost this share of its training. */
const SHARE = 0.1;
/** Fewest faces after an epoch: of fewer, chance would choose the best epoch. */
const FEWEST = 48;
/** Most faces after an epoch: more would not change the choice. */
const MOST = 768;
/** Most faces of each group where features are cached. */
const MOST_CACHED = 2000;
/** Most training photos: they give curves, and nothing is chosen by them. */
const MOST_TRAINING = 256;
/** Of a sample of held-out people: more people with fewer photos would give too few genuine pairs. */
const PHOTOS_OF_A_PERSON = 4;

/**
 * Plans evaluation so that in all it costs at most a tenth of the training, counted in forward passes of the network:
 *
 *   passes of the ends + epochs * faces after an epoch <= 0.1 * training cost * epochs * training photos
 *
 * The ends, before the first epoch and on the best one, are evaluated in full: two passes for each face of whom the
 * figures are reported, as embeddings are flip-averaged, and one for each validation photo. What is left goes to a sample
 * after each epoch, one pass for each face: at least 48, or all there are, without which the best epoch could not be
 * chosen. The same split, settings and stream of random numbers give the same faces.
 */
export function planEvaluation({
  split,
  epochs,
  trainingCost,
  separateFaces,
  random,
}: PlanInput): EvaluationPlan {
  const [held, people] = [split.heldOut.length, split.verification.length];
  if (trainingCost === null) {
    const most = MOST_CACHED;
    const faces = chooseFaces(split, { train: most, heldOut: most, verification: most }, random);
    return { ...faces, mirror: true, complete: held <= most && people <= most };
  }
  const budget = SHARE * trainingCost * split.train.length * epochs;
  const ends = 2 * (2 * (separateFaces || people) + held);
  const each = Math.min(MOST, Math.max(FEWEST, Math.floor((budget - ends) / epochs)));
  const train = Math.min(split.train.length, MOST_TRAINING);
  // Flip-averaged they cost twice as much, which does not matter where they are few.
  const complete = held + people + train <= Math.max(FEWEST, each / 2);
  if (complete) {
    return {
      ...chooseFaces(split, { train, heldOut: held, verification: people }, random),
      mirror: true,
      complete,
    };
  }
  return {
    ...chooseFaces(split, shares(each, { train, heldOut: held, verification: people }), random),
    mirror: false,
    complete,
  };
}

type Sizes = { readonly [G in keyof EvaluationFaces]: number };

/** Half of the faces of held-out people, the rest half validation and half training photos, as far as there are any. */
function shares(each: number, all: Sizes): Sizes {
  const train = Math.min(all.train, Math.max(Math.floor(each / 4), each - all.heldOut - all.verification));
  const heldOut = Math.min(all.heldOut, Math.max(Math.floor(each / 4), each - train - all.verification));
  return { train, heldOut, verification: Math.min(all.verification, each - train - heldOut) };
}

function chooseFaces(split: Split, most: Sizes, random: Random): EvaluationFaces {
  return {
    train: sample(split.train, split.trainLabels, most.train, random),
    heldOut: sample(split.heldOut, split.heldOutLabels, most.heldOut, random),
    verification: samplePeople(split.verification, split.verificationPeople, most.verification, random),
  };
}

interface Row {
  readonly face: number;
  readonly label: number;
}

const rowsOf = (faces: readonly number[], labels: readonly number[]): Row[] =>
  faces.map((face, i) => ({ face, label: labels[i] ?? 0 }));

const groupOf = (rows: readonly Row[]): FaceGroup => ({
  faces: rows.map(({ face }) => face),
  labels: rows.map(({ label }) => label),
});

/** Faces at random, at most so many. */
function sample(
  faces: readonly number[],
  labels: readonly number[],
  most: number,
  random: Random,
): FaceGroup {
  const rows = rowsOf(faces, labels);
  return groupOf(rows.length <= most ? rows : random.shuffled(rows).slice(0, most));
}

/** About equally many faces of each person, at most so many in all: of some people where there are too few for all. */
function samplePeople(
  faces: readonly number[],
  labels: readonly number[],
  most: number,
  random: Random,
): FaceGroup {
  if (faces.length <= most) return { faces, labels };
  const people = random.shuffled([...new Set(labels)]);
  const chosen = people.slice(0, Math.max(2, Math.floor(most / PHOTOS_OF_A_PERSON)));
  const each = Math.max(2, Math.floor(most / chosen.length)); // 2: at least one genuine pair
  const room = new Map(chosen.map((person) => [person, each]));
  return groupOf(
    random.shuffled(rowsOf(faces, labels)).filter(({ label }) => {
      const left = room.get(label) ?? 0;
      room.set(label, left - 1);
      return left > 0;
    }),
  );
}
