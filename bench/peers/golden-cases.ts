/** The runs whose losses are kept: settings as `headless -- trace-init --config` takes them. */

interface Margins {
  readonly [name: string]: object;
}

/** Margins of usual strength, but for SphereFace and the combined one, whose full strength 20 steps cannot bear. */
const MARGINS: Margins = {
  arcface: { kind: 'arcface', m: 0.5, warmupFraction: 0.1 },
  cosface: { kind: 'cosface', m3: 0.35, warmupFraction: 0.1 },
  sphereface: { kind: 'sphereface', m1: 1.7, warmupFraction: 0.1 },
  combined: { kind: 'combined', m1: 1.2, m2: 0.3, m3: 0.1, warmupFraction: 0.1 },
  'sub-center': { kind: 'sub-center', m: 0.5, subCentres: 3, warmupFraction: 0.1 },
  curricularface: { kind: 'curricularface', m: 0.5, warmupFraction: 0.1 },
};

const SGD = { optimiser: { kind: 'sgd', momentum: 0.9, nesterov: false } };
const ADAMW = { optimiser: { kind: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } };

/** What a network is trained with: rates small enough that 32 bits can foretell 20 losses. */
interface Network {
  readonly backbone: object;
  readonly batchSize: number;
  readonly sgd: {
    readonly learningRate: number;
    readonly weightDecay: number;
    readonly headRateFactor: number;
  };
  readonly adamw: Network['sgd'];
  /** With each margin only one of the optimisers, in turn: the reference takes minutes for each case. */
  readonly inTurn?: boolean;
  /** Further cases by name. */
  readonly more?: Readonly<Record<string, object>>;
}

const NETWORKS: Readonly<Record<string, Network>> = {
  'small-cnn': {
    backbone: { kind: 'small-cnn', inputSize: 32, embeddingSize: 32 },
    batchSize: 8,
    sgd: { learningRate: 1e-3, weightDecay: 0.5, headRateFactor: 2 },
    adamw: { learningRate: 1e-3, weightDecay: 1, headRateFactor: 10 },
    more: {
      'softmax sgd': { ...SGD, margin: { kind: 'softmax' } },
      'none, step schedule, adamw': {
        ...ADAMW,
        margin: { kind: 'none' },
        scale: 'auto',
        schedule: { kind: 'step', warmupFraction: 0.1, drops: 3, factor: 0.3 },
      },
      'easy margin, nesterov, smoothed labels, clipped gradients, polynomial schedule': {
        optimiser: { kind: 'sgd', momentum: 0.8, nesterov: true },
        margin: { kind: 'arcface', m: 0.5, easy: true, warmupFraction: 0 },
        labelSmoothing: 0.1,
        clipNorm: 20,
        schedule: { kind: 'polynomial', warmupFraction: 0, power: 2, finalFraction: 0.1 },
      },
      'straight-through gradient': {
        ...SGD,
        margin: { kind: 'arcface', m: 0.5, gradient: 'straight-through', warmupFraction: 0.5 },
      },
    },
  },
  vgg8: {
    backbone: { kind: 'vgg8', inputSize: 32, embeddingSize: 32, dropout: 0 },
    batchSize: 8,
    sgd: { learningRate: 3e-5, weightDecay: 0.5, headRateFactor: 2 },
    adamw: { learningRate: 5e-5, weightDecay: 1, headRateFactor: 10 },
  },
  mobilefacenet: {
    backbone: { kind: 'mobilefacenet', inputSize: 112, embeddingSize: 128 },
    batchSize: 8,
    sgd: { learningRate: 5e-6, weightDecay: 1, headRateFactor: 2 },
    adamw: { learningRate: 1e-5, weightDecay: 1, headRateFactor: 10 },
  },
  'iresnet-18': {
    backbone: { kind: 'iresnet-18', inputSize: 112, embeddingSize: 512, dropout: 0 },
    batchSize: 4,
    inTurn: true,
    sgd: { learningRate: 5e-6, weightDecay: 1, headRateFactor: 2 },
    adamw: { learningRate: 1e-5, weightDecay: 1, headRateFactor: 10 },
  },
};

export const networkNames = Object.keys(NETWORKS);

export interface GoldenCase {
  readonly name: string;
  readonly config: object;
}

/** What all cases of a network share, and the cases. */
export function casesOf(network: string): { readonly base: object; readonly cases: readonly GoldenCase[] } {
  const found = NETWORKS[network];
  if (!found) throw new Error(`There is no network "${network}"; there are ${networkNames.join(', ')}.`);
  const { backbone, batchSize, sgd, adamw, inTurn = false, more = {} } = found;
  const base = {
    preset: 'scratch',
    seed: 7,
    backbone,
    batchSize,
    scale: 16,
    schedule: { kind: 'cosine', warmupFraction: 0.1, finalFraction: 0.01 },
  };
  const cases = Object.entries(MARGINS).flatMap(([name, margin], i) => {
    const both = [
      { name: `${name} sgd`, config: { ...SGD, ...sgd, margin } },
      { name: `${name} adamw`, config: { ...ADAMW, ...adamw, margin } },
    ];
    return inTurn ? both.slice(i % 2, (i % 2) + 1) : both;
  });
  const others = Object.entries(more).map(([name, settings]) => ({
    name,
    config: { ...(name.includes('adamw') ? adamw : sgd), ...settings },
  }));
  return { base, cases: [...cases, ...others] };
}
