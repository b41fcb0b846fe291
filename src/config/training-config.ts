import { z } from 'zod';

/**
 * Everything that decides a training run. Stored in the manifest of every download and accepted by
 * `headless --config`, so it is parsed from `unknown` and carries a version.
 *
 * Angles are in radians, rates are fractions, sizes are pixels.
 */
const unit = z.number().min(0).max(1);

const embeddingSize = z.int().min(2).max(512);
/** The sizes to which aligned faces (112) are brought by averaging areas. */
const anySize = z.union([z.literal(32), z.literal(48), z.literal(64), z.literal(112)]);
/** Share of the features in front of the embedding layer that a training step does without. */
const dropout = z.number().min(0).max(0.9);

const sgd = z.strictObject({
  kind: z.literal('sgd'),
  /** v <- momentum * v + gradient; weight <- weight - rate * v. */
  momentum: z.number().min(0).max(0.999),
  nesterov: z.boolean(),
});
const adamw = z.strictObject({
  kind: z.literal('adamw'),
  beta1: z.number().min(0).max(0.999),
  beta2: z.number().min(0).max(0.99999),
  epsilon: z.number().positive().max(0.1),
});

const angleFactor = z.number().min(1).max(4);
const cosineMargin = unit;

export const presetName = z.enum(['quick', 'finetune', 'scratch']);

export const trainingConfigSchema = z.strictObject({
  version: z.literal(1),
  preset: presetName,
  /** Files from before `simd` say `wasm` for the processor. */
  backend: z.preprocess(
    (name) => (name === 'wasm' ? 'simd' : name),
    z.enum(['auto', 'webgpu', 'simd', 'webgl', 'cpu']),
  ),
  seed: z.int().min(0).max(4294967295),
  epochs: z.int().min(1).max(1000),
  batchSize: z.int().min(2).max(512),
  backbone: z.discriminatedUnion('kind', [
    z.strictObject({
      /** MobileFaceNet, pretrained. */
      kind: z.literal('pretrained-mobilefacenet'),
      /** What of it learns: its last layer (512 -> 192) on cached features, its last blocks, or all. */
      trained: z.enum(['embedding', 'last-blocks', 'all']).default('embedding'),
    }),
    /** MobileFaceNet (Chen et al., arXiv 1804.07573), random initialisation. */
    z.strictObject({
      kind: z.literal('mobilefacenet'),
      inputSize: z.literal(112),
      embeddingSize,
      /** Of the channels between its blocks; 2 is insightface's `mbf`. Files from before this setting lack it. */
      width: z.union([z.literal(1), z.literal(2)]).default(1),
    }),
    /** The residual networks of ArcFace's own paper, as in insightface's arcface_torch; random initialisation. */
    z.strictObject({
      kind: z.enum(['iresnet-18', 'iresnet-50']),
      inputSize: z.literal(112),
      embeddingSize,
      dropout,
    }),
    /** Pairs of 3x3 convolutions and max-pooling, as in keras-arcface. */
    z.strictObject({ kind: z.literal('vgg8'), inputSize: anySize, embeddingSize, dropout }),
    /** A few 3x3 convolutions; for small pictures and slow machines. */
    z.strictObject({
      kind: z.literal('small-cnn'),
      inputSize: anySize,
      embeddingSize,
    }),
  ]),
  margin: z.discriminatedUnion('kind', [
    /** ArcFace (Deng et al., arXiv 1801.07698): cos(theta + m), m in radians. */
    z.strictObject({
      kind: z.literal('arcface'),
      m: z.number().min(0).max(1.5),
      /** Share of the steps over which m grows linearly from 0. */
      warmupFraction: unit,
    }),
    /** CosFace (Wang et al., arXiv 1801.09414): cos(theta) - m3, m3 a difference of cosines. */
    z.strictObject({ kind: z.literal('cosface'), m3: cosineMargin, warmupFraction: unit }),
    /** SphereFace (Liu et al., arXiv 1704.08063): cos(m1 theta), folded so that it keeps falling. */
    z.strictObject({ kind: z.literal('sphereface'), m1: angleFactor, warmupFraction: unit }),
    /** All three (Deng et al., arXiv 1801.07698, equation 4): cos(m1 theta + m2) - m3, m2 in radians. */
    z.strictObject({
      kind: z.literal('combined'),
      m1: angleFactor,
      m2: z.number().min(0).max(1.5),
      m3: cosineMargin,
      warmupFraction: unit,
    }),
    /** Normalised softmax: no margin, the plain cosine. */
    z.strictObject({ kind: z.literal('none') }),
  ]),
  /** Logits are scale * cosine. `auto`: from the number of classes (AdaCos, arXiv 1905.00292, eq. 11), at least 8. */
  scale: z.union([z.literal('auto'), z.number().min(1).max(256)]),
  optimiser: z.discriminatedUnion('kind', [sgd, adamw]),
  learningRate: z.number().positive().max(10),
  /** The class centres learn this many times faster than the backbone. */
  headRateFactor: z.number().positive().max(1000),
  /** Decoupled for AdamW, L2 for SGD; never on biases and norms. */
  weightDecay: z.number().min(0).max(1),
  schedule: z.strictObject({
    kind: z.literal('cosine'),
    /** Share of the steps over which the rate grows linearly from 0. */
    warmupFraction: unit,
    /** Rate at the end, as a share of the full rate. */
    finalFraction: unit,
  }),
  augment: z.strictObject({
    /** Mirror left-right with probability 1/2. */
    mirror: z.boolean(),
    /** Largest rotation in degrees, either way. */
    rotationDegrees: z.number().min(0).max(45),
    /** Largest shift as a share of the edge, either way. */
    shift: z.number().min(0).max(0.3),
    /** Largest change of size as a share, either way. */
    zoom: z.number().min(0).max(0.5),
    /** Largest change of brightness, contrast and saturation as a share, either way. */
    colour: z.number().min(0).max(0.9),
  }),
  heldOut: z.strictObject({
    /** Share of the people kept entirely out of training, for verification. */
    peopleFraction: z.number().min(0).max(0.5),
    /** Share of everybody else's photos kept out, for accuracy. */
    photosFraction: z.number().min(0).max(0.5),
  }),
});

export type TrainingConfig = z.infer<typeof trainingConfigSchema>;
export type PresetName = TrainingConfig['preset'];
export type BackboneConfig = TrainingConfig['backbone'];
export type MarginConfig = TrainingConfig['margin'];
export type OptimiserConfig = TrainingConfig['optimiser'];
export type AugmentConfig = TrainingConfig['augment'];
export type BackendChoice = TrainingConfig['backend'];
/** A backend that can really run. */
export type BackendName = Exclude<BackendChoice, 'auto'>;
