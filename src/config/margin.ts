import { z } from 'zod';

/** Share of the steps over which a margin grows linearly from nothing. */
const warmupFraction = z.number().min(0).max(1);
/** A margin that is an angle, in radians. */
const angle = z.number().min(0).max(1.5);
/** A margin that is a difference of cosines. */
const cosine = z.number().min(0).max(1);
/** How many times an angle counts. */
const factor = z.number().min(1).max(4);
/**
 * How the margin's own slope enters the gradient: exactly, or not at all, as where a program computes the margined
 * cosine outside of differentiation (insightface's arcface_torch).
 */
const gradient = z.enum(['exact', 'straight-through']).default('exact');

/** What is demanded of the true class beyond being nearest: one kind for every file of src/model/margins. */
export const marginSchema = z.discriminatedUnion('kind', [
  /** ArcFace (Deng et al., arXiv 1801.07698): cos(theta + m), m in radians. */
  z.strictObject({
    kind: z.literal('arcface'),
    m: angle,
    /** Only where the angle is under 90 degrees already. Files from before this setting lack it. */
    easy: z.boolean().default(false),
    gradient,
    warmupFraction,
  }),
  /** CosFace (Wang et al., arXiv 1801.09414): cos(theta) - m3, m3 a difference of cosines. */
  z.strictObject({ kind: z.literal('cosface'), m3: cosine, warmupFraction }),
  /** SphereFace (Liu et al., arXiv 1704.08063): cos(m1 theta), folded so that it keeps falling. */
  z.strictObject({ kind: z.literal('sphereface'), m1: factor, warmupFraction }),
  /** All three (Deng et al., arXiv 1801.07698, equation 4): cos(m1 theta + m2) - m3, m2 in radians. */
  z.strictObject({
    kind: z.literal('combined'),
    m1: factor,
    m2: angle,
    m3: cosine,
    gradient,
    warmupFraction,
  }),
  /** ArcFace to the nearest of several centres a class (Deng et al., ECCV 2020). */
  z.strictObject({
    kind: z.literal('sub-center'),
    m: angle,
    subCentres: z.int().min(2).max(10),
    warmupFraction,
  }),
  /** AdaFace (Kim et al., arXiv 2204.00964): the margin follows the length of the embedding, taken for quality. */
  z.strictObject({ kind: z.literal('adaface'), m: angle, h: z.number().min(0.01).max(1), warmupFraction }),
  /** MagFace (Meng et al., arXiv 2103.06627): the margin grows with the length, and lengths are drawn upwards. */
  z.strictObject({
    kind: z.literal('magface'),
    lowerMargin: angle,
    upperMargin: angle,
    lowerLength: z.number().min(0).max(1000),
    upperLength: z.number().min(1).max(1000),
    lengthWeight: z.number().min(0).max(100),
    warmupFraction,
  }),
  /** CurricularFace (Huang et al., arXiv 2004.00288): other classes that are too near count more, ever more so. */
  z.strictObject({ kind: z.literal('curricularface'), m: angle, warmupFraction }),
  /** ElasticFace-Arc (Boutros et al., arXiv 2109.09416): the angle is drawn anew for every photo. */
  z.strictObject({
    kind: z.literal('elastic-arcface'),
    m: angle,
    deviation: z.number().min(0).max(0.5),
    warmupFraction,
  }),
  /** ElasticFace-Cos, of the same paper. */
  z.strictObject({
    kind: z.literal('elastic-cosface'),
    m3: cosine,
    deviation: z.number().min(0).max(0.5),
    warmupFraction,
  }),
  /** SphereFace2 (Wen et al., arXiv 2108.01513): for every class the question "this person or not?" by itself. */
  z.strictObject({
    kind: z.literal('sphereface2'),
    m3: cosine,
    positiveShare: z.number().min(0.01).max(0.99),
    power: z.number().min(1).max(10),
    warmupFraction,
  }),
  /** Normalised softmax: no margin, the plain cosine. */
  z.strictObject({ kind: z.literal('none') }),
  /** Plain softmax: a dense layer with bias, nothing normalised. */
  z.strictObject({ kind: z.literal('softmax') }),
]);

export type MarginConfig = z.infer<typeof marginSchema>;
