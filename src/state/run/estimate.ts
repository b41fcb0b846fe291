import { backboneMeta, isPretrained } from '../../config/backbone.ts';
import { PEOPLE_TO_HOLD_OUT } from '../../config/judging.ts';
import type { BackendChoice, TrainingConfig } from '../../config/training-config.ts';

/**
 * Multiplications a second of one thread of a processor with the backend `simd`, in feature extraction as in training
 * (docs/performance.md: 100 pictures a second through 234 million multiplications on two threads).
 */
const PER_THREAD = 12e9;
/** A run uses no more threads than this. */
const MOST_THREADS = 8;
/** Seconds until a backend is chosen and a network is loaded. */
const START = 4;
/** Seconds to decode and augment a photo, and beside the multiplications of a step. */
const PER_PHOTO = 0.0015;
const PER_STEP = 0.004;
/** A step: forward, and backward for the inputs and for the weights of each layer. */
const PASSES_OF_TRAINING = 3;
/** Evaluation after the epochs: its share of training in forward passes, and the fewest and most faces (decision 011). */
const EVALUATION_SHARE = 0.1;
const FEWEST_EVALUATED = 48;
const MOST_EVALUATED = 768;
/** Each face and its mirror image. */
const PICTURES = 2;

/** What a run spends its time on: a frozen network's features, computed once, or whole networks in every step. */
export type Work = 'cached-features' | 'end-to-end';

export const workOf = ({ backbone, preset }: Pick<TrainingConfig, 'backbone' | 'preset'>): Work =>
  (isPretrained(backbone) && backbone.trained === 'embedding') ||
  (backbone.kind === 'custom' && preset === 'quick')
    ? 'cached-features'
    : 'end-to-end';

/**
 * Photos left for training when some people and some photos of the others are held out.
 *
 * @param photos of each person
 */
export function trainingPhotos(
  photos: readonly number[],
  { peopleFraction, photosFraction }: TrainingConfig['heldOut'],
): number {
  const total = photos.reduce((a, b) => a + b, 0);
  const people = photos.length >= PEOPLE_TO_HOLD_OUT ? 1 - peopleFraction : 1;
  return Math.round(total * people * (1 - photosFraction));
}

/**
 * Forward passes of all evaluations of a whole network: of the held-out photos before training and of the best epoch, and of a
 * sample after each epoch, within a share of the training.
 */
function evaluationPasses({ epochs, heldOut }: TrainingConfig, photos: readonly number[]): number {
  const all = photos.reduce((a, b) => a + b, 0);
  const trained = trainingPhotos(photos, heldOut);
  const notHeldOut = trainingPhotos(photos, { ...heldOut, photosFraction: 0 });
  const ends = 2 * (PICTURES * (all - notHeldOut) + notHeldOut - trained);
  const budget = (EVALUATION_SHARE * PASSES_OF_TRAINING * epochs * trained - ends) / epochs;
  const sample = Math.min(Math.max(FEWEST_EVALUATED, budget), MOST_EVALUATED, all);
  return ends + epochs * sample;
}

/** Multiplications for one image; null for networks of which that is not known. */
function multiplicationsOf({ backbone }: Pick<TrainingConfig, 'backbone'>): number | null {
  const { multiplications, choices, inputSize } = backboneMeta(backbone);
  const offered = choices[0]?.value;
  if (multiplications === undefined || offered === undefined) return null;
  const width = backbone.kind === 'mobilefacenet' ? backbone.width : 1;
  // Convolutions cost as much as they have places.
  return multiplications * width * (inputSize(backbone) / inputSize(offered)) ** 2;
}

/**
 * Seconds from Start to the result on a processor with so many threads:
 *
 *   cached features: START + 2 N M / speed + E n PER_PHOTO / 10
 *   end-to-end:      START + N PER_PHOTO + E n (3 M / speed + PER_PHOTO) + E s PER_STEP + (2 n + V) M / speed
 *
 * with N photos, of which n are trained on in s steps an epoch, E epochs, and M multiplications for one image. The class centres
 * start from the embeddings of 2 n pictures (not where the network starts from random weights), and evaluation takes V forward
 * passes: {@link evaluationPasses}.
 *
 * @returns null where the work of the network is not known
 */
export function secondsAtDefaultSpeed(
  config: TrainingConfig,
  photos: readonly number[],
  threads: number,
): number | null {
  const multiplications = multiplicationsOf(config);
  if (multiplications === null) return null;
  const speed = PER_THREAD * Math.max(1, Math.min(MOST_THREADS, threads));
  const all = photos.reduce((a, b) => a + b, 0);
  const trained = trainingPhotos(photos, config.heldOut);
  switch (workOf(config)) {
    case 'cached-features':
      return START + (PICTURES * all * multiplications) / speed + (config.epochs * trained * PER_PHOTO) / 10;
    case 'end-to-end': {
      const steps = Math.ceil(trained / config.batchSize);
      const epoch = trained * ((PASSES_OF_TRAINING * multiplications) / speed + PER_PHOTO) + steps * PER_STEP;
      const centres = config.preset === 'scratch' ? 0 : PICTURES * trained;
      const passes = centres + evaluationPasses(config, photos);
      return START + all * PER_PHOTO + config.epochs * epoch + (passes * multiplications) / speed;
    }
  }
}

/** How many times as long as at the default speed runs took on this device, by backend and kind of work. */
export type Slowness = Readonly<Record<string, number>>;

export const slownessKey = (backend: BackendChoice, work: Work): string => `${backend}/${work}`;

export interface Estimate {
  readonly seconds: number;
  /** Whether it comes from an earlier run on this device. */
  readonly measured: boolean;
}

/** How long a run will take, as far as can be told. @returns null where the work of the network is not known */
export function estimateRun(
  config: TrainingConfig,
  photos: readonly number[],
  device: { readonly threads: number; readonly slowness: Slowness },
): Estimate | null {
  const seconds = secondsAtDefaultSpeed(config, photos, device.threads);
  if (seconds === null) return null;
  const factor = device.slowness[slownessKey(config.backend, workOf(config))];
  return { seconds: seconds * (factor ?? 1), measured: factor !== undefined };
}
