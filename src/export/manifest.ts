import { z } from 'zod';
import { trainingConfigSchema } from '../config/training-config.ts';
import { WEIGHT_PRECISIONS, type WeightPrecision } from '../domain/export/weight-precision.ts';
import { FACE_SIZE } from '../domain/faces.ts';
import { OPERATING_POINTS } from '../domain/operating-point.ts';
import type { ImpostorScores, VerificationReport } from '../domain/verification.ts';
import type { PixelRange } from '../lib/pixel-range.ts';
import { ProblemError } from '../lib/problem.ts';

/** Raised when an older reader could misread a newer file; additions that can be ignored do not raise it. */
const SCHEMA_VERSION = 1;

/**
 * The five points of the InsightFace template, in pixels of the 112 x 112 picture; left and right as seen in the
 * picture. (github.com/deepinsight/insightface, `face_align.py`, arcface_dst.)
 */
export const ALIGNMENT_POINTS = {
  leftEye: [38.2946, 51.6963],
  rightEye: [73.5318, 51.5014],
  nose: [56.0252, 71.7366],
  leftMouthCorner: [41.5493, 92.3655],
  rightMouthCorner: [70.7299, 92.2041],
} as const;

/** The picture of `selfTest`: what `selfTestPicture` draws. */
export const SELF_TEST_PICTURE = 'byte at row y, column x, channel c = (7 y + 13 x + 29 c) mod 256';

const share = z.number().min(0).max(1);
const count = z.int().min(0);
const cosine = z.number().min(-1).max(1);
const operatingPoint = z.enum(OPERATING_POINTS);
const perChannel = z.tuple([z.number(), z.number(), z.number()]);
const divisor = z.number().min(0.001).max(1000);
const point = z.tuple([z.number(), z.number()]);

const verificationSchema: z.ZodType<VerificationReport> = z.object({
  genuinePairs: count,
  impostorPairs: count,
  roc: z.array(z.object({ far: share, tar: share })).max(1000),
  auc: share,
  eer: share,
  accuracy: share,
  folds: z.int().min(1),
  tarAtFar: z.object({ '1e-1': share.nullable(), '1e-2': share.nullable(), '1e-3': share.nullable() }),
  // Missing in files that were written before there was a choice.
  operatingPoints: z
    .array(z.object({ name: operatingPoint, threshold: cosine, far: share, frr: share }))
    .default([]),
  threshold: cosine,
  far: share,
  frr: share,
});

const personSchema = z.object({ name: z.string(), centre: z.array(z.number()) });

const impostorsSchema: z.ZodType<ImpostorScores> = z.object({
  mean: cosine,
  deviation: z.number().positive().max(1),
  count: z.int().min(2),
});

const measuredSchema = z.object({
  epoch: count,
  loss: z.number().nullable(),
  trainAccuracy: share.nullable(),
  heldOutAccuracy: share.nullable(),
  verification: verificationSchema.nullable(),
});

/**
 * `manifest.json`: all that somebody needs in order to use the model beside its weights, and where it comes from.
 * Angles say their unit, sizes are pixels, rates are fractions. It names people, but no files.
 */
export const manifestSchema = z
  .object({
    schemaVersion: z.literal(SCHEMA_VERSION),
    program: z.object({ name: z.string(), version: z.string() }),
    name: z.string(),
    created: z.iso.datetime(),
    /** What happens to a picture before the network sees it. */
    preprocessing: z.object({
      /** Edge of the aligned picture. */
      alignedSize: z.literal(FACE_SIZE),
      /** Edge of the picture that the network takes: the aligned one made smaller by averaging areas, or larger by bilinear interpolation. */
      inputSize: z.int().min(8).max(1024),
      resize: z.enum(['none', 'area', 'bilinear']),
      /** luminance: one channel, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601) of each pixel, not rounded. */
      channels: z.enum(['RGB', 'luminance']),
      /** input = (byte - mean) / divisor; three numbers where red, green and blue differ. */
      mean: z.union([z.number().min(0).max(255), perChannel]),
      divisor: z.union([divisor, z.tuple([divisor, divisor, divisor])]),
    }),
    alignment: z.object({
      transform: z.literal('similarity, least squares'),
      points: z.object({
        leftEye: point,
        rightEye: point,
        nose: point,
        leftMouthCorner: point,
        rightMouthCorner: point,
      }),
    }),
    embedding: z.object({
      size: z.int().min(1).max(65536),
      /** The outputs for the picture and for its mirror image are added. */
      flipAveraging: z.literal(true),
      /** Then the sum is divided by its length; embeddings are compared by their cosine. */
      normalisation: z.literal('l2'),
    }),
    /** How the file stores the weights; missing: as 32-bit floats. */
    weights: z
      .object({
        precision: z.enum(WEIGHT_PRECISIONS),
        /** What that costs; null where it was not measured. */
        cost: z
          .object({
            faces: count,
            genuinePairs: count,
            impostorPairs: count,
            accuracy: z.object({ float32: share, stored: share }),
            /** At a false accept rate of 1 %. */
            tar: z.object({ float32: share.nullable(), stored: share.nullable() }),
            leastCosine: cosine,
          })
          .nullable(),
      })
      .optional(),
    /** Two photos show one person when their cosine is at least this; null where it could not be measured. */
    threshold: z
      .object({
        cosine,
        /** How it was chosen; missing in files that were written before there was a choice: the best accuracy. */
        operatingPoint: operatingPoint.optional(),
        /** How the rates were measured; missing where on the very pairs that the threshold was chosen on. */
        rates: z.literal('cross-validated').optional(),
        angleDegrees: z.number().min(0).max(180),
        /** Share of the pairs of two people that are taken for one. */
        falseAcceptRate: share,
        /** Share of the pairs of one person that are taken for two. */
        falseRejectRate: share,
        genuinePairs: count,
        impostorPairs: count,
        measuredOn: z.enum(['people held out of training', 'separate verification set']),
      })
      .nullable(),
    /** Who the network was trained on, with the centre of each in embedding space, of length 1. */
    people: z.array(personSchema),
    /**
     * People who were held out of training, with the direction of the mean of their photos' embeddings, of length 1: recognised
     * as those it was trained on. Missing in files that were written before they were enrolled.
     */
    enrolled: z.array(personSchema).default([]),
    /**
     * Cosines of the photos of people who were held out with the centres of `people`, who are not on them: what the threshold for
     * naming people comes from. Null where nobody was held out, missing in files that were written before.
     */
    impostors: impostorsSchema.nullable().default(null),
    training: trainingConfigSchema,
    scale: z.object({ value: z.number(), why: z.string() }),
    backend: z.object({ name: z.string(), device: z.string() }),
    metrics: z.object({
      /** Before training. */
      baseline: measuredSchema,
      /** The epoch that this model is. */
      best: measuredSchema,
      separateSet: z.object({ baseline: verificationSchema, best: verificationSchema }).nullable(),
      trainingSeconds: z.number().min(0),
    }),
    data: z.object({
      trainPeople: count,
      trainPhotos: count,
      heldOutPhotos: count,
      verificationPeople: count,
      verificationPhotos: count,
      notMeasured: z.array(z.string()),
    }),
    remarks: z.array(z.string()),
    /** Lets anybody check that they load the model rightly: a picture given by a formula, and what comes out. */
    selfTest: z.object({
      picture: z.literal(SELF_TEST_PICTURE),
      /** Raw output of the network for that picture, before mirroring and normalising. */
      embedding: z.array(z.number()),
    }),
  })
  .superRefine((manifest, context) => {
    for (const list of ['people', 'enrolled'] as const) {
      manifest[list].forEach(({ centre }, index) => {
        if (centre.length === manifest.embedding.size) return;
        context.addIssue({
          code: 'custom',
          path: [list, index, 'centre'],
          message: `has ${centre.length} numbers where the embedding has ${manifest.embedding.size}`,
        });
      });
    }
  });

export type Manifest = z.infer<typeof manifestSchema>;

/** How the weights of the network are stored. */
export const precisionOf = ({ weights }: Manifest): WeightPrecision => weights?.precision ?? 'float32';

/** Whom a model recognises: the people it was trained on, then those who were held out. */
export const knownPeople = ({ people, enrolled }: Manifest): Manifest['people'] => [...people, ...enrolled];

/** How the network of a manifest takes bytes. */
export function rangeOfManifest({ preprocessing: { mean, divisor: by } }: Manifest): PixelRange {
  return {
    mean: typeof mean === 'number' ? [mean, mean, mean] : mean,
    divisor: typeof by === 'number' ? [by, by, by] : by,
  };
}

/** @throws ProblemError that says whether the manifest is damaged or of a newer version. */
export function parseManifest(value: unknown): Manifest {
  const version = z.object({ schemaVersion: z.number() }).safeParse(value);
  if (version.success && version.data.schemaVersion > SCHEMA_VERSION) {
    throw new ProblemError(
      `The model was written by a newer version of this program (manifest ${version.data.schemaVersion}; this one reads ${SCHEMA_VERSION}).`,
      'Reload the page to get the newest version, then open the file again.',
    );
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue?.path.map(String).join('.') || 'the whole';
  throw new ProblemError(
    `The model's manifest.json is not valid: ${where}: ${issue?.message ?? 'unknown problem'}.`,
    'Choose a .zip that was downloaded from this program, as it was downloaded.',
  );
}
