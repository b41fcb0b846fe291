import { z } from 'zod';
import { PRESET_NAMES } from '../lib/preset-name.ts';
import { backboneSchema } from './backbone.ts';
import { marginSchema } from './margin.ts';
import { augmentSchema, optimiserSchema, samplingSchema, scheduleSchema } from './recipe.ts';

export const presetName = z.enum(PRESET_NAMES);

/**
 * Everything that decides a training run. Stored in the manifest of every download and accepted by
 * `headless --config`, so it is parsed from `unknown` and carries a version. Settings that files of before lack have a
 * default that changes nothing.
 *
 * Angles are in radians, rates are fractions, sizes are pixels.
 */
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
  /** Batches whose gradients are averaged before each correction. */
  accumulation: z.int().min(1).max(64).default(1),
  sampling: samplingSchema.default({ kind: 'shuffled' }),
  backbone: backboneSchema,
  margin: marginSchema,
  /** Logits are scale * cosine. `auto`: from the number of classes (AdaCos, arXiv 1905.00292, eq. 11), at least 8. */
  scale: z.union([z.literal('auto'), z.number().min(1).max(256)]),
  /** Share of the true class that is given to all classes alike (arXiv 1512.00567, section 7). */
  labelSmoothing: z.number().min(0).max(0.5).default(0),
  /**
   * Share of the class centres that a step compares with: those of the batch and, at random, others up to this share
   * (Partial FC, An et al., arXiv 2203.15565). 1: all.
   */
  sampledCentres: z.number().min(0.0001).max(1).default(1),
  optimiser: optimiserSchema,
  learningRate: z.number().positive().max(10),
  /** The class centres learn this many times faster than the backbone. */
  headRateFactor: z.number().positive().max(1000),
  /** Each stage of the network, from the last to the first, learns this many times as fast as the one behind it. */
  stageRateFactor: z.number().min(0.01).max(1).default(1),
  /** Decoupled for AdamW, L2 for SGD; never on biases and norms. */
  weightDecay: z.number().min(0).max(1),
  /** Gradients that are longer than this together are shortened to it; 0: never. */
  clipNorm: z.number().min(0).max(1000).default(0),
  /** Memory of the mean of the weights that is judged and kept instead of the last ones; 0: none is taken. */
  weightAveraging: z.number().min(0).max(0.9999).default(0),
  schedule: scheduleSchema,
  /** A run ends after so many epochs without a better one; 0: never early. */
  patience: z.int().min(0).max(1000).default(0),
  augment: augmentSchema,
  heldOut: z.strictObject({
    /** Share of the people kept entirely out of training, for verification. */
    peopleFraction: z.number().min(0).max(0.5),
    /** Share of everybody else's photos kept out, for accuracy. */
    photosFraction: z.number().min(0).max(0.5),
  }),
});

export type TrainingConfig = z.infer<typeof trainingConfigSchema>;
export type { PresetName } from '../lib/preset-name.ts';
export type BackendChoice = TrainingConfig['backend'];
/** A backend that can really run. */
export type BackendName = Exclude<BackendChoice, 'auto'>;
export type { BackboneConfig, CustomBackbone, MadeBackbone } from './backbone.ts';
export type { MarginConfig } from './margin.ts';
export type { AugmentConfig, OptimiserConfig, SamplingConfig, ScheduleConfig } from './recipe.ts';
