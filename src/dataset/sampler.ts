import type { TrainingConfig } from '../config/training-config.ts';
import { present } from '../lib/assert.ts';
import type { Random } from '../lib/random.ts';

/** Which photos are in which batch. */
export interface Sampler {
  readonly batchesPerEpoch: number;
  /** The batches of the next epoch, as indices into the photos. */
  epoch(): number[][];
}

/**
 * @param labels the class of each photo
 * @param random all that is drawn comes from it
 */
export function createSampler(
  { sampling, batchSize }: Pick<TrainingConfig, 'sampling' | 'batchSize'>,
  labels: readonly number[],
  random: Random,
): Sampler {
  return sampling.kind === 'shuffled'
    ? shuffled(labels.length, batchSize, random)
    : balanced(labels, sampling, random);
}

/**
 * Every photo once an epoch, in random order, cut into batches whose sizes differ by at most one, so that none is too
 * small for batch-norm and the backend sees at most two shapes.
 */
function shuffled(count: number, batchSize: number, random: Random): Sampler {
  const batches = Math.max(1, Math.round(count / batchSize));
  const photos = Array.from({ length: count }, (_, i) => i);
  const cut = (i: number): number => Math.round((i * count) / batches);
  return {
    batchesPerEpoch: batches,
    epoch: () => {
      const order = random.shuffled(photos);
      return Array.from({ length: batches }, (_, i) => order.slice(cut(i), cut(i + 1)));
    },
  };
}

/**
 * P people, K photos of each (Hermans et al., arXiv 1703.07737, section 2). People, and the photos of each, are drawn
 * from permutations that are shuffled again when they run out: every person is seen equally often, and no photo of a
 * person twice before all of them were. An epoch has as many batches as it takes to show as many photos as
 * there are.
 */
function balanced(
  labels: readonly number[],
  { people, photos }: { readonly people: number; readonly photos: number },
  random: Random,
): Sampler {
  const byClass = new Map<number, number[]>();
  labels.forEach((label, photo) => {
    const known = byClass.get(label);
    if (known) known.push(photo);
    else byClass.set(label, [photo]);
  });
  const photosOf = new Map([...byClass].map(([label, all]) => [label, new Permutations(all, random)]));
  const classes = new Permutations([...byClass.keys()], random);
  const inBatch = Math.min(people, byClass.size);
  const batches = Math.max(1, Math.round(labels.length / (inBatch * photos)));
  return {
    batchesPerEpoch: batches,
    epoch: () =>
      Array.from({ length: batches }, () =>
        classes
          .take(inBatch)
          .flatMap((label) => present(photosOf.get(label), 'the photos of a person').take(photos)),
      ),
  };
}

/** Items without end: one random permutation after another. */
class Permutations {
  private readonly all: readonly number[];
  private readonly random: Random;
  private left: number[] = [];

  constructor(all: readonly number[], random: Random) {
    this.all = all;
    this.random = random;
  }

  /** The next items; none twice as long as there are enough. */
  take(count: number): number[] {
    const taken: number[] = [];
    while (taken.length < count) {
      if (this.left.length === 0) {
        // Those of this draw come last in the new permutation, so that they are not drawn again at once.
        const just = new Set(taken);
        const order = this.random.shuffled(this.all);
        this.left = [...order.filter((item) => !just.has(item)), ...order.filter((item) => just.has(item))];
      }
      taken.push(...this.left.splice(0, count - taken.length));
    }
    return taken;
  }
}
