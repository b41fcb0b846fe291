import { z } from 'zod';

const unit = z.number().min(0).max(1);

export const optimiserSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sgd'),
    /** v <- momentum * v + gradient; weight <- weight - rate * v. */
    momentum: z.number().min(0).max(0.999),
    nesterov: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('adamw'),
    beta1: z.number().min(0).max(0.999),
    beta2: z.number().min(0).max(0.99999),
    epsilon: z.number().positive().max(0.1),
  }),
]);
export type OptimiserConfig = z.infer<typeof optimiserSchema>;

/** Share of the steps over which the rate grows linearly from 0. */
const warmupFraction = unit;

/** How the learning rate falls behind its warm-up. */
export const scheduleSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    /** Half a cosine. */
    kind: z.literal('cosine'),
    warmupFraction,
    /** Rate at the end, as a share of the full rate. */
    finalFraction: unit,
  }),
  z.strictObject({
    /** In equal stairs. */
    kind: z.literal('step'),
    warmupFraction,
    /** How many times it falls. */
    drops: z.int().min(1).max(10),
    /** What is left of it each time. */
    factor: z.number().min(0.001).max(1),
  }),
  z.strictObject({
    /** (1 - progress)^power; insightface's: power 2. */
    kind: z.literal('polynomial'),
    warmupFraction,
    power: z.number().min(0.1).max(10),
    finalFraction: unit,
  }),
]);
export type ScheduleConfig = z.infer<typeof scheduleSchema>;

/** Which photos come together in a batch. */
export const samplingSchema = z.discriminatedUnion('kind', [
  /** Every photo once an epoch, in random order. */
  z.strictObject({ kind: z.literal('shuffled') }),
  /** P people, K photos of each: every person as often as every other. Decides the size of a batch. */
  z.strictObject({
    kind: z.literal('balanced'),
    people: z.int().min(2).max(256),
    photos: z.int().min(1).max(64),
  }),
]);
export type SamplingConfig = z.infer<typeof samplingSchema>;

export const augmentSchema = z.strictObject({
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
  /** Share of the pictures that are blurred, by a random amount. Files from before it lack it and the next two. */
  blur: unit.default(0),
  /** Share of the pictures with a random rectangle erased. */
  erase: unit.default(0),
  /** Share of the pictures made small and large again, as if taken from afar. */
  lowResolution: unit.default(0),
});
export type AugmentConfig = z.infer<typeof augmentSchema>;
