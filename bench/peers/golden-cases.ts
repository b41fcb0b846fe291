/** The runs whose losses are kept: settings as `headless -- trace-init --config` takes them. */

export const CLASSES = 10;
export const STEPS = 20;

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

/**
 * What a network is trained with: rates at which the losses fall and 32 bits can yet foretell 20 of them, and decays so
 * strong that a fault in them shows, though norms make up for the length of most weights.
 */
interface Network {
  readonly backbone: object;
  readonly batchSize: number;
  readonly sgd: {
    readonly learningRate: number;
    readonly weightDecay: number;
    readonly headRateFactor: number;
  };
  readonly adamw: Network['sgd'];
  /** Of the cases of margins and optimisers only these. */
  readonly only?: readonly string[];
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
    batchSize: 16,
    sgd: { learningRate: 1e-5, weightDecay: 1, headRateFactor: 60 },
    adamw: { learningRate: 3e-5, weightDecay: 1, headRateFactor: 100 },
  },
  mobilefacenet: {
    backbone: { kind: 'mobilefacenet', inputSize: 32, embeddingSize: 64 },
    batchSize: 16,
    sgd: { learningRate: 2.5e-5, weightDecay: 1, headRateFactor: 20 },
    adamw: { learningRate: 6e-6, weightDecay: 1, headRateFactor: 300 },
  },
  'iresnet-18': {
    backbone: { kind: 'iresnet-18', inputSize: 32, embeddingSize: 64, dropout: 0 },
    batchSize: 8,
    sgd: { learningRate: 3e-5, weightDecay: 1, headRateFactor: 20 },
    adamw: { learningRate: 6e-6, weightDecay: 1, headRateFactor: 300 },
  },
  'mobilefacenet-112': {
    backbone: { kind: 'mobilefacenet', inputSize: 112, embeddingSize: 128 },
    batchSize: 16,
    sgd: { learningRate: 3e-5, weightDecay: 1, headRateFactor: 20 },
    adamw: { learningRate: 4e-5, weightDecay: 1, headRateFactor: 60 },
    only: ['arcface sgd', 'cosface adamw'],
  },
  'iresnet-18-112': {
    backbone: { kind: 'iresnet-18', inputSize: 112, embeddingSize: 512, dropout: 0 },
    batchSize: 8,
    sgd: { learningRate: 3e-5, weightDecay: 1, headRateFactor: 20 },
    adamw: { learningRate: 3e-5, weightDecay: 1, headRateFactor: 30 },
    only: ['arcface sgd', 'cosface adamw'],
  },
};

export interface GoldenCase {
  readonly name: string;
  /** For parsePartialConfig of src/config/parse.ts. */
  readonly config: object;
}

/** @throws Error where there is no such network */
export function casesOf(network: string): readonly GoldenCase[] {
  const found = NETWORKS[network];
  if (!found) {
    throw new Error(`There is no network "${network}"; there are ${Object.keys(NETWORKS).join(', ')}.`);
  }
  const { backbone, batchSize, sgd, adamw, only, more = {} } = found;
  const base = {
    preset: 'scratch',
    seed: 7,
    backbone,
    batchSize,
    scale: 16,
    schedule: { kind: 'cosine', warmupFraction: 0.1, finalFraction: 0.01 },
  };
  const cases = Object.entries(MARGINS).flatMap(([name, margin]) => [
    { name: `${name} sgd`, config: { ...base, ...SGD, ...sgd, margin } },
    { name: `${name} adamw`, config: { ...base, ...ADAMW, ...adamw, margin } },
  ]);
  const others = Object.entries(more).map(([name, settings]) => ({
    name,
    config: { ...base, ...(name.includes('adamw') ? adamw : sgd), ...settings },
  }));
  return [...cases, ...others].filter(({ name }) => only === undefined || only.includes(name));
}
