import { isPretrained } from '../config/backbone.ts';
import type { PresetName } from '../config/training-config.ts';
import { type Json, presetOf, readPath } from './draft.ts';
import { countFaces, type DataSnapshot } from './people.ts';
import type { Run } from './run-store.ts';

/** What an ended run told of the same data: shares of the pairs of strangers that were decided rightly. */
export interface Lesson {
  readonly preset: PresetName;
  readonly untrained: number;
  readonly trained: number;
  /** The untrained network had been trained elsewhere, on other people. */
  readonly pretrained: boolean;
}

/** A setting that should differ from the recipe's. */
export interface Change {
  readonly path: string;
  readonly value: Json;
  readonly why: string;
}

/** What to choose for some data, and why. */
export interface Advice {
  readonly preset: PresetName;
  readonly why: string;
  readonly changes: readonly Change[];
  /** What these data cannot show, whatever is chosen. */
  readonly limits: readonly string[];
}

/** Above this share of right decisions the untrained network is good enough (as in train/remarks.ts). */
const GOOD = 0.95;
/** A gain on strangers below this is no reason to change the recipe. */
const CLEAR = 0.01;
/** Fewest photos with which training the whole network was tried, and paid (docs/performance.md, "What to choose"). */
const PHOTOS_FOR_FINE_TUNE = 60;
/** From this many photos on, a network that starts from nothing has something to learn faces from. */
const PHOTOS_FOR_SCRATCH = 20_000;
/** Corrections that Quick needs, and the fewest in an epoch; more passes than that learn photos by heart (ibid.). */
const QUICK_STEPS = 40;
const QUICK_STEPS_AN_EPOCH = 4;
const QUICK_BATCH = { smallest: 8, usual: 64 } as const;
const QUICK_EPOCHS = 10;
/** From this many people on, class centres are most of what a step costs. */
const MANY_PEOPLE = 20_000;
const SAMPLED_CENTRES = 0.1;
/** Shares that are held out by the presets, and from how many people on (dataset/split.ts). */
const HELD_OUT = { people: 0.2, photos: 0.2, fewestPeople: 8 } as const;

/**
 * What to choose for these people and photos, from their numbers and from what runs on them have shown. The limits
 * are from measurements, docs/performance.md, "What to choose".
 *
 * @returns null where there is nothing to train on
 */
export function advise(snapshot: DataSnapshot, lessons: readonly Lesson[]): Advice | null {
  const photos = snapshot.people.map(({ faces }) => faces.length).filter((count) => count > 0);
  if (photos.length < 2) return null;
  const recipe = recipeFor(photos, lessons);
  const limits =
    photos.length < HELD_OUT.fewestPeople
      ? [
          `With fewer than ${HELD_OUT.fewestPeople} people nobody can be kept out of training, so how well strangers are told apart stays unknown; only new photos of these people are tried.`,
        ]
      : [];
  return { ...recipe, changes: changesFor(recipe.preset, photos), limits };
}

function recipeFor(photos: readonly number[], lessons: readonly Lesson[]): Pick<Advice, 'preset' | 'why'> {
  const total = photos.reduce((a, b) => a + b, 0);
  const pretrained = lessons.filter((lesson) => lesson.pretrained);
  const first = pretrained[0];
  const best = lessons.reduce<Lesson | null>((a, b) => (a === null || b.trained > a.trained ? b : a), null);
  if (!first || !best) {
    const quick = 'fits it to yours in seconds, and shows how well it knows photos like yours.';
    return {
      preset: 'quick',
      why:
        total >= PHOTOS_FOR_SCRATCH
          ? `Quick takes a network that has seen many faces, ${quick} With as many photos as yours From scratch is worth a try afterwards.`
          : `${amount(total, 'photo')} of ${amount(photos.length, 'person')} are too few to teach a network what faces are. Quick takes one that has seen many, ${quick}`,
    };
  }
  if (first.untrained >= GOOD) {
    return {
      preset: 'quick',
      why: `The untrained network already decides ${percent(first.untrained)} of the pairs of strangers among your photos rightly. Little is left to gain: Quick is enough.`,
    };
  }
  if (best.trained >= GOOD) {
    return {
      preset: best.preset,
      why: `This recipe raised the share of pairs of strangers that are decided rightly from ${percent(first.untrained)} to ${percent(best.trained)}. Little is left to gain by a slower one.`,
    };
  }
  if (lessons.every(({ preset }) => preset !== 'finetune') && total >= PHOTOS_FOR_FINE_TUNE) {
    return {
      preset: 'finetune',
      why: `Untrained, the network decides only ${percent(first.untrained)} of the pairs of strangers rightly (best run ${percent(best.trained)}): your photos are unlike those it knows. With ${amount(total, 'photo')} it pays to let all of it learn, which takes minutes.`,
    };
  }
  const quick = lessons.find(({ preset }) => preset === 'quick');
  if (quick && best.preset !== 'quick' && best.trained < quick.trained + CLEAR) {
    return {
      preset: 'quick',
      why: `Your slower runs told strangers apart no better than Quick (${percent(best.trained)} against ${percent(quick.trained)} of the pairs). More people would help more than more training.`,
    };
  }
  return {
    preset: best.preset,
    why: `Of your runs this recipe told strangers apart best: ${percent(best.trained)} of the pairs, untrained ${percent(first.untrained)}. More people, or photos more like those in use, would help most.`,
  };
}

function changesFor(preset: PresetName, photos: readonly number[]): Change[] {
  const changes: Change[] = [];
  const learned = learnedFrom(photos);
  if (preset === 'quick') {
    const batch = quickBatch(learned);
    const epochs = Math.max(QUICK_EPOCHS, Math.ceil(QUICK_STEPS / Math.max(1, Math.round(learned / batch))));
    if (batch !== QUICK_BATCH.usual) {
      const before = QUICK_EPOCHS * Math.max(1, Math.round(learned / QUICK_BATCH.usual));
      changes.push({
        path: 'batchSize',
        value: batch,
        why: `about ${amount(learned, 'photo')} to learn from would make only ${amount(before, 'correction')} in batches of ${QUICK_BATCH.usual}`,
      });
    }
    if (epochs !== QUICK_EPOCHS) {
      changes.push({
        path: 'epochs',
        value: epochs,
        why: `so that there are about ${QUICK_STEPS} corrections`,
      });
    }
  }
  if (photos.length >= MANY_PEOPLE) {
    changes.push({
      path: 'sampledCentres',
      value: SAMPLED_CENTRES,
      why: `with ${photos.length} people a step would mostly move class centres; a part of them does`,
    });
  }
  return changes;
}

/** Photos that are left to learn from when the presets have held some out. */
function learnedFrom(photos: readonly number[]): number {
  const total = photos.reduce((a, b) => a + b, 0);
  const people = photos.length >= HELD_OUT.fewestPeople ? 1 - HELD_OUT.people : 1;
  return Math.round(total * people * (1 - HELD_OUT.photos));
}

/** The largest power of two with which an epoch has enough corrections. */
function quickBatch(learned: number): number {
  const most = learned / QUICK_STEPS_AN_EPOCH;
  const power = 2 ** Math.floor(Math.log2(Math.max(1, most)));
  return Math.min(QUICK_BATCH.usual, Math.max(QUICK_BATCH.smallest, power));
}

/** What ended runs on the same people and photos told; others say nothing of these. */
export function lessonsOf(runs: readonly Run[], snapshot: DataSnapshot): Lesson[] {
  const people = snapshot.people.filter(({ faces }) => faces.length > 0).length;
  const photos = countFaces(snapshot);
  return runs.flatMap(({ status, config, data, baseline, best }): Lesson[] => {
    const [before, after] = [baseline?.verification, best?.verification];
    if (status !== 'done' && status !== 'stopped') return [];
    if (!before || !after || data.people !== people || data.photos !== photos) return [];
    return [
      {
        preset: config.preset,
        untrained: before.accuracy,
        trained: after.accuracy,
        pretrained: isPretrained(config.backbone),
      },
    ];
  });
}

/** Whether the fields stand as the advice says. */
export const followed = (draft: Json, { preset, changes }: Advice): boolean =>
  presetOf(draft) === preset && changes.every(({ path, value }) => same(readPath(draft, path), value));

const same = (a: Json | undefined, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const PLURAL = { photo: 'photos', person: 'people', correction: 'corrections' } as const;
const amount = (count: number, what: keyof typeof PLURAL): string =>
  `${count} ${count === 1 ? what : PLURAL[what]}`;
