import { isPretrained } from '../../config/backbone.ts';
import { GOOD_ENOUGH, PEOPLE_TO_HOLD_OUT } from '../../config/judging.ts';
import { presets } from '../../config/presets.ts';
import type { PresetName } from '../../config/training-config.ts';
import { percent } from '../../lib/percent.ts';
import { dataWarnings } from '../data/data-warnings.ts';
import { countFaces, type DataSnapshot } from '../data/people.ts';
import { type Json, presetOf, readPath } from '../settings/settings-form.ts';
import type { Run } from './run-store.ts';

/** What an ended run told of the same data: shares of the pairs of strangers that were decided rightly. */
export interface PastResult {
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
export interface Recommendation {
  readonly preset: PresetName;
  readonly why: string;
  readonly changes: readonly Change[];
  /** What these data cannot show, whatever is chosen. */
  readonly limits: readonly string[];
}

/** A gain on strangers below this is no reason to change the recipe. */
const CLEAR = 0.01;
/** Fewest photos with which training the whole network was tried, and paid (docs/performance.md, "What to choose"). */
const PHOTOS_FOR_FINE_TUNE = 60;
/** From this many photos on, a network that starts from nothing has something to learn faces from. */
const PHOTOS_FOR_SCRATCH = 20_000;
/** Corrections that Quick needs, and the fewest in an epoch; more passes than that learn photos by heart (ibid.). */
const QUICK_STEPS = 40;
const QUICK_STEPS_AN_EPOCH = 4;
const SMALLEST_BATCH = 8;
/** From this many people on, class centres are most of what a step costs. */
const MANY_PEOPLE = 20_000;
const SAMPLED_CENTRES = 0.1;

/**
 * What to choose for these people and photos, from their numbers and from what runs on them have shown. The limits
 * are from measurements, docs/performance.md, "What to choose".
 *
 * @returns null where there is nothing to train on
 */
export function recommend(snapshot: DataSnapshot, lessons: readonly PastResult[]): Recommendation | null {
  const photos = snapshot.people.map(({ faces }) => faces.length).filter((count) => count > 0);
  if (photos.length < 2) return null;
  const recipe = recipeFor(photos, lessons);
  const limits = dataWarnings(snapshot)
    .filter(({ kind }) => kind === 'cannot-hold-out')
    .map(({ text }) => text);
  return { ...recipe, changes: changesFor(recipe.preset, photos), limits };
}

function recipeFor(
  photos: readonly number[],
  lessons: readonly PastResult[],
): Pick<Recommendation, 'preset' | 'why'> {
  const total = photos.reduce((a, b) => a + b, 0);
  const pretrained = lessons.filter((lesson) => lesson.pretrained);
  const first = pretrained[0];
  const best = lessons.reduce<PastResult | null>(
    (a, b) => (a === null || b.trained > a.trained ? b : a),
    null,
  );
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
  if (first.untrained >= GOOD_ENOUGH) {
    return {
      preset: 'quick',
      why: `The untrained network already decides ${percent(first.untrained)} of the pairs of strangers among your photos rightly. Little is left to gain: Quick is enough.`,
    };
  }
  if (best.trained >= GOOD_ENOUGH) {
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
  const changes = preset === 'quick' ? changesOfQuick(learnedFrom(photos)) : [];
  if (photos.length < MANY_PEOPLE) return changes;
  const why = `with ${photos.length} people a step would mostly move class centres; a part of them does`;
  return [...changes, { path: 'sampledCentres', value: SAMPLED_CENTRES, why }];
}

/** @param learned photos to learn from */
function changesOfQuick(learned: number): Change[] {
  const { batchSize: usual, epochs: passes } = presets.quick;
  const steps = (size: number): number => Math.max(1, Math.round(learned / size));
  const batch = quickBatch(learned, usual);
  const epochs = Math.max(passes, Math.ceil(QUICK_STEPS / steps(batch)));
  const smaller: Change = {
    path: 'batchSize',
    value: batch,
    why: `about ${amount(learned, 'photo')} to learn from would make only ${amount(passes * steps(usual), 'correction')} in batches of ${usual}`,
  };
  const longer: Change = {
    path: 'epochs',
    value: epochs,
    why: `so that there are about ${QUICK_STEPS} corrections`,
  };
  return [...(batch === usual ? [] : [smaller]), ...(epochs === passes ? [] : [longer])];
}

/** Photos that are left to learn from when the presets have held some out. */
function learnedFrom(photos: readonly number[]): number {
  const { peopleFraction, photosFraction } = presets.quick.heldOut;
  const total = photos.reduce((a, b) => a + b, 0);
  const people = photos.length >= PEOPLE_TO_HOLD_OUT ? 1 - peopleFraction : 1;
  return Math.round(total * people * (1 - photosFraction));
}

/** The largest power of two with which an epoch has enough corrections. */
function quickBatch(learned: number, usual: number): number {
  const power = 2 ** Math.floor(Math.log2(Math.max(1, learned / QUICK_STEPS_AN_EPOCH)));
  return Math.min(usual, Math.max(SMALLEST_BATCH, power));
}

/** What ended runs on the same people and photos told; others say nothing of these. */
export function pastResultsOf(runs: readonly Run[], snapshot: DataSnapshot): PastResult[] {
  const people = snapshot.people.filter(({ faces }) => faces.length > 0).length;
  const photos = countFaces(snapshot);
  return runs.flatMap(({ status, config, data, baseline, best }): PastResult[] => {
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
export const isFollowed = (draft: Json, { preset, changes }: Recommendation): boolean =>
  presetOf(draft) === preset && changes.every(({ path, value }) => same(readPath(draft, path), value));

const same = (a: Json | undefined, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);

const PLURAL = { photo: 'photos', person: 'people', correction: 'corrections' } as const;
const amount = (count: number, what: keyof typeof PLURAL): string =>
  `${count} ${count === 1 ? what : PLURAL[what]}`;
