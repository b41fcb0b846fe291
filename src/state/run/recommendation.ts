import { isPretrained } from '../../config/backbone.ts';
import { GOOD_ENOUGH } from '../../config/judging.ts';
import { presets } from '../../config/presets.ts';
import type { PresetName } from '../../config/training-config.ts';
import { percent } from '../../lib/percent.ts';
import { dataWarnings } from '../data/data-warnings.ts';
import type { DataSnapshot } from '../data/people.ts';
import { type Json, presetOf, readPath } from '../settings/settings-form.ts';
import { trainingPhotos } from './estimate.ts';
import { dataRelation } from './run-data.ts';
import type { Run } from './run-store.ts';

/** Verification accuracy of an ended run on the same data. */
export interface PastResult {
  readonly preset: PresetName;
  readonly before: number;
  readonly after: number;
  /** Whether the run started from pretrained weights. */
  readonly pretrained: boolean;
}

/** A setting that should differ from the preset. */
export interface Change {
  readonly path: string;
  readonly value: Json;
  readonly why: string;
}

/** What to choose for some people and photos, and why. */
export interface Recommendation {
  readonly preset: PresetName;
  readonly why: string;
  readonly changes: readonly Change[];
  /** What cannot be measured with these data, whatever is chosen. */
  readonly limits: readonly string[];
}

/** A gain in verification accuracy below this is within chance. */
const CLEAR = 0.01;
/** Fewest photos with which Fine-tune was better in measurements (docs/performance.md, "What to choose"). */
const PHOTOS_FOR_FINE_TUNE = 60;
/** From this many photos on, training from random weights can work. */
const PHOTOS_FOR_SCRATCH = 20_000;
/** Updates that Quick needs, and the fewest per epoch: many passes with few updates overfit (ibid.). */
const QUICK_STEPS = 40;
const QUICK_STEPS_PER_EPOCH = 4;
const SMALLEST_BATCH = 8;
/** From this many people on, class centres are most of the cost of a step. */
const MANY_PEOPLE = 20_000;
const SAMPLED_FRACTION = 0.1;

/**
 * Recommends settings from the number of people and photos and from earlier runs on them. The thresholds were measured:
 * docs/performance.md, "What to choose".
 *
 * @returns null where there is nothing to train on
 */
export function recommend(snapshot: DataSnapshot, pastResults: readonly PastResult[]): Recommendation | null {
  const photos = snapshot.people.map(({ faces }) => faces.length).filter((count) => count > 0);
  if (photos.length < 2) return null;
  const choice = presetFor(photos, pastResults);
  const limits = dataWarnings(snapshot)
    .filter(({ kind }) => kind === 'cannot-hold-out')
    .map(({ text }) => text);
  return { ...choice, changes: changesFor(choice.preset, photos), limits };
}

/** @param photos of each person */
function presetFor(
  photos: readonly number[],
  pastResults: readonly PastResult[],
): Pick<Recommendation, 'preset' | 'why'> {
  const total = photos.reduce((a, b) => a + b, 0);
  const pretrained = pastResults.filter((result) => result.pretrained);
  const first = pretrained[0];
  const best = pastResults.reduce<PastResult | null>(
    (a, b) => (a === null || b.after > a.after ? b : a),
    null,
  );
  if (!first || !best) {
    const quick = 'adapts it to yours in seconds, and measures how well it works on photos like yours.';
    return {
      preset: 'quick',
      why:
        total >= PHOTOS_FOR_SCRATCH
          ? `Quick takes a network pretrained on many faces, ${quick} With this many photos, From scratch is worth a try afterwards.`
          : `${amount(total, 'photo')} of ${amount(photos.length, 'person')} are too few to train a network from scratch. Quick takes one pretrained on many faces, ${quick}`,
    };
  }
  if (first.before >= GOOD_ENOUGH) {
    return {
      preset: 'quick',
      why: `Verification accuracy was ${percent(first.before)} before training already. There is little left to gain: Quick is enough.`,
    };
  }
  if (best.after >= GOOD_ENOUGH) {
    return {
      preset: best.preset,
      why: `This training mode raised verification accuracy from ${percent(first.before)} to ${percent(best.after)}. A slower one has little left to gain.`,
    };
  }
  if (pastResults.every(({ preset }) => preset !== 'finetune') && total >= PHOTOS_FOR_FINE_TUNE) {
    return {
      preset: 'finetune',
      why: `Verification accuracy was only ${percent(first.before)} before training (best run: ${percent(best.after)}): your photos are unlike those of the pretraining. With ${amount(total, 'photo')} it pays to train all layers, which takes minutes.`,
    };
  }
  const quick = pastResults.find(({ preset }) => preset === 'quick');
  if (quick && best.preset !== 'quick' && best.after < quick.after + CLEAR) {
    return {
      preset: 'quick',
      why: `Your slower runs were no better than Quick in verification accuracy (${percent(best.after)} against ${percent(quick.after)}). More people would help more than more training.`,
    };
  }
  return {
    preset: best.preset,
    why: `This training mode gave your best verification accuracy: ${percent(best.after)}, before training ${percent(first.before)}. More people, or photos more like those in use, would help most.`,
  };
}

function changesFor(preset: PresetName, photos: readonly number[]): Change[] {
  const changes = preset === 'quick' ? changesOfQuick(trainingPhotos(photos, presets.quick.heldOut)) : [];
  if (photos.length < MANY_PEOPLE) return changes;
  const why = `with ${photos.length} people, most of a step would be spent on class centres; a sample of them is enough`;
  return [...changes, { path: 'sampledCentres', value: SAMPLED_FRACTION, why }];
}

/** @param photos for training */
function changesOfQuick(photos: number): Change[] {
  const { batchSize: defaultBatch, epochs: defaultEpochs } = presets.quick;
  const steps = (size: number): number => Math.max(1, Math.round(photos / size));
  const batch = quickBatch(photos, defaultBatch);
  const epochs = Math.max(defaultEpochs, Math.ceil(QUICK_STEPS / steps(batch)));
  const smaller: Change = {
    path: 'batchSize',
    value: batch,
    why: `about ${amount(photos, 'training photo')} give only ${amount(defaultEpochs * steps(defaultBatch), 'update')} with a batch size of ${defaultBatch}`,
  };
  const longer: Change = {
    path: 'epochs',
    value: epochs,
    why: `for about ${QUICK_STEPS} updates`,
  };
  return [...(batch === defaultBatch ? [] : [smaller]), ...(epochs === defaultEpochs ? [] : [longer])];
}

/** The largest power of two with which an epoch has enough updates. */
function quickBatch(photos: number, largest: number): number {
  const power = 2 ** Math.floor(Math.log2(Math.max(1, photos / QUICK_STEPS_PER_EPOCH)));
  return Math.min(largest, Math.max(SMALLEST_BATCH, power));
}

/** Results of the ended runs on the same people and photos. */
export function pastResultsOf(runs: readonly Run[], snapshot: DataSnapshot): PastResult[] {
  return runs.flatMap(({ status, config, data, baseline, best }): PastResult[] => {
    const [before, after] = [baseline?.verification, best?.verification];
    if (status !== 'done' && status !== 'stopped') return [];
    if (!before || !after || dataRelation(data, snapshot) !== 'same') return [];
    return [
      {
        preset: config.preset,
        before: before.accuracy,
        after: after.accuracy,
        pretrained: isPretrained(config.backbone),
      },
    ];
  });
}

/** Whether the form already has the recommended settings. */
export const isFollowed = (form: Json, { preset, changes }: Recommendation): boolean =>
  presetOf(form) === preset && changes.every(({ path, value }) => same(readPath(form, path), value));

const same = (a: Json | undefined, b: Json): boolean => JSON.stringify(a) === JSON.stringify(b);

const PLURAL = {
  photo: 'photos',
  'training photo': 'training photos',
  person: 'people',
  update: 'updates',
} as const;
const amount = (count: number, what: keyof typeof PLURAL): string =>
  `${count} ${count === 1 ? what : PLURAL[what]}`;
